/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-application.h"

G_BEGIN_DECLS

int run_tests_in_application (MorselApplication **application, char *name);

G_END_DECLS
