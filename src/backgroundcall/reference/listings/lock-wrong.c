/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

static GMutex   lock;
static StepFunc functions[8];
static gpointer data_of_functions[8];
static int      n_functions = 0;
static int      n_steps = 0;

void
lock_wrong_add (StepFunc func, gpointer user_data)
{
  g_mutex_lock (&lock);
  functions[n_functions] = func;
  data_of_functions[n_functions++] = user_data;
  g_mutex_unlock (&lock);
}

void
lock_wrong_step (void)
{
  g_mutex_lock (&lock);
  n_steps++;
  for (int i = 0; i < n_functions; i++)
    functions[i](n_steps, data_of_functions[i]); /* which may want the lock */
  g_mutex_unlock (&lock);
}
