/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_PREFERENCES (morsel_preferences_get_type ())

G_DECLARE_FINAL_TYPE (MorselPreferences,
                      morsel_preferences,
                      MORSEL,
                      PREFERENCES,
                      AdwPreferencesWindow)

MorselPreferences *morsel_preferences_new (GtkWindow *parent, GSettings *settings);

G_END_DECLS
