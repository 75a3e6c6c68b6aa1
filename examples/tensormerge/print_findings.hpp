#pragma once

#include <tensormerge/error/failure.hpp>

/// Writes findings to the standard error, a line each, with the code of the rule if there is one.
void print_findings(const tensormerge::diagnostics& findings);
