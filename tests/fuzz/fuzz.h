/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdint.h>

/* What libFuzzer calls, with one input after the other. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

char *fuzz_take_line (const uint8_t **data, size_t *size);
void  fuzz_assert_all_is_visible (const char *text);
