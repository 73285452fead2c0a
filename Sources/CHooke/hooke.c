#include "hooke.h"
