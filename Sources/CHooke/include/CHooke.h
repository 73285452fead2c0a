// Everything that Swift sees of CHooke.
#pragma once
#include "CellThread.h"
#include "Conformances.h"
#include "SourceKit.h"
#include "StandardInput.h"
