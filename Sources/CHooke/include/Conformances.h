// A cell that gives a type a conformance can be run again, with other code. The runtime keeps the first conformance that it
// finds; here the tables of the old one are filled with the entries of the new one, so that every user of it changes over.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Puts new conformances in the place of those that earlier cells gave to the same types. Generic types are left as they are.
/// `records` are the entries of the section `swift5_protocol_conformances` of a cell that was just loaded; objects whose path
/// starts with `cells_prefix` are cells. Returns how many were replaced.
int hooke_replace_conformances(const int32_t *records, size_t count, const char *cells_prefix);
