/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

static GMutex   lock;
static StepFunc functions[8];
static gpointer data_of_functions[8];
static int      n_functions = 0;
static int      n_steps = 0;

void
lock_right_add (StepFunc func, gpointer user_data)
{
  g_mutex_lock (&lock);
  functions[n_functions] = func;
  data_of_functions[n_functions++] = user_data;
  g_mutex_unlock (&lock);
}

void
lock_right_step (void)
{
  StepFunc to_call[8];
  gpointer data[8];
  int      n_to_call, step;

  g_mutex_lock (&lock);
  step = ++n_steps;
  n_to_call = n_functions;
  memcpy (to_call, functions, sizeof to_call);
  memcpy (data, data_of_functions, sizeof data);
  g_mutex_unlock (&lock);

  for (int i = 0; i < n_to_call; i++)
    to_call[i](step, data[i]);
}
