/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which of the addresses that were read are given to the session, and how far is read. */

#include "app/morsel-print-queue.h"

#define PERIOD (MORSEL_PRINT_QUEUE_INTERVAL * G_TIME_SPAN_MILLISECOND)
#define START (1000 * G_TIME_SPAN_SECOND)

typedef struct
{
  MorselPrintQueue *queue;
  gint64            now;
  guint             n_pushed;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->queue = morsel_print_queue_new (64, 6);
  fixture->now = START;
  fixture->n_pushed = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  morsel_print_queue_free (fixture->queue);
}

static void
push (Fixture *fixture, const char *host)
{
  g_autofree char *address = g_strdup_printf ("http://%s/%u", host, fixture->n_pushed++);

  morsel_print_queue_push (fixture->queue, address, fixture->now);
}

static void
tick (Fixture *fixture)
{
  fixture->now += PERIOD;
  morsel_print_queue_tick (fixture->queue, fixture->now);
}

/* Returns the number of those that it gives. */
static guint
pop_all (Fixture *fixture, GPtrArray *running)
{
  guint n_before = running->len;
  char *address;

  while ((address = morsel_print_queue_pop (fixture->queue)) != NULL)
    g_ptr_array_add (running, address);

  return running->len - n_before;
}

static void
test_order_of_a_host_is_kept (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const guint n = 10000;

  for (guint i = 0; i < n; i++)
    push (fixture, "a");
  g_assert_cmpuint (morsel_print_queue_get_n_waiting (fixture->queue), ==, n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *address = morsel_print_queue_pop (fixture->queue);
      g_autofree char *expected = g_strdup_printf ("http://a/%u", i);

      g_assert_cmpstr (address, ==, expected);
      morsel_print_queue_end (fixture->queue, address);
    }
  g_assert_null (morsel_print_queue_pop (fixture->queue));
  g_assert_cmpuint (morsel_print_queue_get_n_waiting (fixture->queue), ==, 0);
}

static void
test_hosts_take_turns (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i < 5; i++)
    push (fixture, "a");
  push (fixture, "b");
  pop_all (fixture, running);

  g_assert_cmpuint (running->len, ==, 6);
  g_assert_cmpstr (running->pdata[0], ==, "http://a/0");
  g_assert_cmpstr (running->pdata[1], ==, "http://b/5");
}

/* Many that hang leave room in the session, and all of them in the memory. */
static void
test_hosts_that_hang_hold_up_no_other (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *last = NULL;

  for (int host = 0; host < 20; host++)
    {
      g_autofree char *name = g_strdup_printf ("hangs-%d", host);

      for (int i = 0; i < 20000; i++)
        {
          int n_ticks = 0;

          while (!morsel_print_queue_wants_more (fixture->queue))
            {
              tick (fixture);
              g_assert_cmpint (++n_ticks, <, 3);
            }
          push (fixture, name);
          pop_all (fixture, running);
        }
    }

  g_assert_cmpint (fixture->now - START, <, 20 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (running->len, <, 20 * 100);
  push (fixture, "good");
  last = morsel_print_queue_pop (fixture->queue);
  g_assert_true (g_str_has_prefix (last, "http://good/"));
}

static void
test_hosts_that_hang_are_not_read_for_ever (Fixture      *fixture,
                                            gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_free);
  const guint n_most = 1000000;

  for (int i = 0; i < 100; i++)
    {
      while (morsel_print_queue_wants_more (fixture->queue) && fixture->n_pushed < n_most)
        {
          push (fixture, "a-host-that-hangs");
          pop_all (fixture, running);
        }
      tick (fixture);
    }

  g_assert_cmpuint (fixture->n_pushed, <, n_most);
}

/* Whether there are few addresses or many of a fast host, as many are in the memory. */
static void
test_fast_host_is_not_read_ahead (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint n_most = 0;

  while (fixture->n_pushed < 200000)
    {
      g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_free);

      while (morsel_print_queue_wants_more (fixture->queue) && fixture->n_pushed < 200000)
        push (fixture, "fast");
      n_most = MAX (n_most, morsel_print_queue_get_n_waiting (fixture->queue));
      pop_all (fixture, running);
      for (guint i = 0; i < running->len; i++)
        morsel_print_queue_end (fixture->queue, running->pdata[i]);
      fixture->now += PERIOD / 4;
      morsel_print_queue_tick (fixture->queue, fixture->now);
    }

  g_test_message ("%u", n_most);
  g_assert_cmpuint (n_most, <, 20000);
}

/* It gets more of its addresses the faster it is. */
static void
test_window_grows_with_results (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_free);
  guint n_first;

  for (int i = 0; i < 5000; i++)
    push (fixture, "a");
  n_first = pop_all (fixture, running);
  g_assert_cmpuint (n_first, <, 100);

  for (int i = 0; i < 10; i++)
    {
      for (guint j = 0; j < running->len; j++)
        morsel_print_queue_end (fixture->queue, running->pdata[j]);
      g_ptr_array_set_size (running, 0);
      pop_all (fixture, running);
    }
  g_assert_cmpuint (running->len, >, 4 * n_first);

  /* Until it hangs. */
  tick (fixture);
  tick (fixture);
  for (guint j = 0; j < running->len; j++)
    morsel_print_queue_end (fixture->queue, running->pdata[j]);
}

/* Spellings of a host, and what is no address. */
static void
test_any_text_has_its_line (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const texts[] = {
    "",
    "example.org",
    "HTTP://Example.ORG:80/a?b#c",
    "http://user:password@example.org/",
    "http://us@er@example.org",
    "://",
    "http://",
    "no address",
    "http://a@",
    "\xff\xfe",
  };
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    morsel_print_queue_push (fixture->queue, texts[i], fixture->now);
  g_assert_cmpuint (pop_all (fixture, running), ==, G_N_ELEMENTS (texts));

  for (guint i = 0; i < running->len; i++)
    morsel_print_queue_end (fixture->queue, running->pdata[i]);
  g_assert_true (morsel_print_queue_wants_more (fixture->queue));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  add ("/print-queue/order-of-a-host-is-kept", test_order_of_a_host_is_kept);
  add ("/print-queue/hosts-take-turns", test_hosts_take_turns);
  add ("/print-queue/window-grows-with-results", test_window_grows_with_results);
  add ("/print-queue/any-text-has-its-line", test_any_text_has_its_line);
  add ("/print-queue/hosts-that-hang/hold-up-no-other",
       test_hosts_that_hang_hold_up_no_other);
  add ("/print-queue/hosts-that-hang/are-not-read-for-ever",
       test_hosts_that_hang_are_not_read_for_ever);
  add ("/print-queue/fast-host-is-not-read-ahead", test_fast_host_is_not_read_ahead);

  return g_test_run ();
}
