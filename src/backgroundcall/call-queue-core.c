/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/call-queue-core-private.h"

#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-call-private.h"
#include "backgroundcall/background-condition-private.h"
#include "backgroundcall/background-follower-private.h"
#include "backgroundcall/background-pool-private.h"
#include "backgroundcall/background-wait-graph-private.h"
#include "backgroundcall/background-waiter-private.h"

/* A call that waits to be received. One reference is the queue's, one is its promise's,
 * for being cancelled. */
typedef struct _Item Item;

struct _Item
{
  _Atomic (int)  ref_count;
  CallQueueCore *core;
  CallQueueOrder order;

  /* Under the core's lock. */
  BackgroundPromise *promise; /* NULL unless it is in the queue */
  GList              link;
};

struct _CallQueueCore
{
  _Atomic (int)   ref_count;
  guint           max_length; /* 0 for none */
  _Atomic (guint) owner;      /* a thread; 0 for none */

  pthread_mutex_t lock;
  pthread_cond_t  changed;

  /* Under the lock, which is held for a few instructions only. */
  GQueue          items; /* of Item */
  bool            is_closed;
  BackgroundWake *wake; /* of the main loop that receives; NULL for none */
  BackgroundPool *consumers;
  guint           n_consumers;
  guint           n_idle_consumers;
  guint           max_consumers;
};

static Item *
item_ref (Item *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

static void
item_unref (gpointer data)
{
  Item *self = data;

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  call_queue_core_unref (self->core);
  g_free (self);
}

CallQueueCore *
call_queue_core_new (guint max_length)
{
  CallQueueCore *self = g_new0 (CallQueueCore, 1);

  atomic_init (&self->ref_count, 1);
  self->max_length = max_length;
  background_short_lock_init (&self->lock);
  background_condition_init (&self->changed);

  return self;
}

CallQueueCore *
call_queue_core_ref (CallQueueCore *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
call_queue_core_unref (CallQueueCore *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_assert (self->items.length == 0 && self->wake == NULL);
  g_clear_pointer (&self->consumers, background_pool_unref);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

void
call_queue_core_set_owner (CallQueueCore *self, guint thread)
{
  atomic_store (&self->owner, thread);
}

guint
call_queue_core_get_owner (CallQueueCore *self)
{
  return atomic_load (&self->owner);
}

/* What wakes the one who receives, if it does not wait here. */
void
call_queue_core_set_wake (CallQueueCore *self, BackgroundWake *wake)
{
  BackgroundWake *before;

  pthread_mutex_lock (&self->lock);
  before = self->wake;
  self->wake = wake != NULL ? background_wake_ref (wake) : NULL;
  pthread_mutex_unlock (&self->lock);

  g_clear_pointer (&before, background_wake_unref);
}

/* With the lock. */
static void
insert_by_priority (CallQueueCore *self, Item *item)
{
  GList *previous = self->items.tail;

  while (previous != NULL &&
         ((Item *) previous->data)->order.priority > item->order.priority)
    previous = previous->prev;

  item->link.data = item;
  g_queue_insert_after_link (&self->items, previous, &item->link);
}

/* With the lock. The caller gets the promise. */
static BackgroundPromise *
take_out (CallQueueCore *self, Item *item)
{
  g_queue_unlink (&self->items, &item->link);

  return g_steal_pointer (&item->promise);
}

/* A BackgroundCancelFunc: what has not begun never will. */
static void
withdraw (gpointer data)
{
  Item              *item = data;
  CallQueueCore     *self = item->core;
  BackgroundPromise *promise = NULL;

  pthread_mutex_lock (&self->lock);
  if (item->promise != NULL)
    promise = take_out (self, item);
  pthread_mutex_unlock (&self->lock);

  if (promise == NULL)
    return;

  background_promise_unref (promise);
  item_unref (item);
}

/* A BackgroundFunc: receives until the queue is closed. */
static gpointer
consume (BackgroundPromise *promise G_GNUC_UNUSED,
         gpointer           data,
         GError           **error G_GNUC_UNUSED)
{
  CallQueueCore *self = data;

  pthread_mutex_lock (&self->lock);
  while (!self->is_closed || self->items.length > 0)
    {
      if (self->items.length == 0)
        {
          self->n_idle_consumers++;
          background_condition_wait (&self->changed, &self->lock, BACKGROUND_NO_DEADLINE);
          self->n_idle_consumers--;
          continue;
        }

      pthread_mutex_unlock (&self->lock);
      call_queue_core_receive (self, 1, BACKGROUND_NO_DEADLINE, NULL);
      pthread_mutex_lock (&self->lock);
    }
  pthread_mutex_unlock (&self->lock);
  call_queue_core_unref (self);

  return NULL;
}

/* With the lock, which is let go meanwhile. */
static void
fail_first (CallQueueCore *self, GError *error)
{
  Item              *item = g_queue_peek_head (&self->items);
  BackgroundPromise *promise = take_out (self, item);

  pthread_mutex_unlock (&self->lock);
  background_promise_settle_and_finish (promise, NULL, error);
  background_promise_unref (promise);
  item_unref (item);
  pthread_mutex_lock (&self->lock);
}

/* A follower: the consumer has gone with the queue, or could not begin, and then its
 * reference is still there. */
static void
consumer_ended (BackgroundPromise *promise, gpointer data)
{
  CallQueueCore *self = data;

  if (background_promise_get_state (promise) != BACKGROUND_CALL_FAILED)
    return;

  pthread_mutex_lock (&self->lock);
  self->n_consumers--;
  /* Unless others receive, nobody would ever come for these. */
  while (self->n_consumers == 0 && atomic_load (&self->owner) == 0 &&
         self->items.length > 0)
    fail_first (self, g_error_copy (promise->error));
  pthread_mutex_unlock (&self->lock);
  call_queue_core_unref (self);
}

/* Without the lock; the consumer was counted. */
static void
start_consumer (CallQueueCore *self, BackgroundPool *pool)
{
  g_autoptr (BackgroundCall) call = background_call_new_full (
      consume, call_queue_core_ref (self), NULL, NULL, NULL, G_PRIORITY_DEFAULT, pool);

  /* It ends by itself, with the queue. The reference is its own, as nobody may be there
   * to give it back: the program need not have a main loop. */
  background_call_detach (call);
  background_follower_add (background_call_get_promise (call), consumer_ended, self);
}

/* With the lock. */
static BackgroundPool *
count_consumer (CallQueueCore *self)
{
  if (self->consumers == NULL)
    self->consumers = background_pool_new ("call-queue", G_MAXUINT);
  self->n_consumers++;

  return background_pool_ref (self->consumers);
}

void
call_queue_core_add_consumer (CallQueueCore *self)
{
  g_autoptr (BackgroundPool) pool = NULL;

  pthread_mutex_lock (&self->lock);
  pool = count_consumer (self);
  pthread_mutex_unlock (&self->lock);

  start_consumer (self, pool);
}

void
call_queue_core_set_max_consumers (CallQueueCore *self, guint max_consumers)
{
  pthread_mutex_lock (&self->lock);
  self->max_consumers = max_consumers;
  pthread_mutex_unlock (&self->lock);
}

static bool
fail_to_push (CallQueueCore *self, GError **error)
{
  if (self->is_closed)
    g_set_error_literal (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_CLOSED,
                         "The queue is closed");
  else if (self->max_length > 0 && self->items.length >= self->max_length)
    g_set_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_FULL,
                 "The queue is full: it holds %u calls", self->max_length);
  else
    return false;

  return true;
}

static Item *
item_new (CallQueueCore *core, const CallQueueOrder *order)
{
  Item *self = g_new0 (Item, 1);

  atomic_init (&self->ref_count, 1);
  self->core = call_queue_core_ref (core);
  self->order = *order;

  return self;
}

/* Takes the promiser's reference if it succeeds. */
bool
call_queue_core_push (CallQueueCore        *self,
                      BackgroundPromise    *promise,
                      const CallQueueOrder *order,
                      GError              **error)
{
  g_autoptr (BackgroundPool) pool = NULL;
  BackgroundWake *wake = NULL;
  Item           *item = item_new (self, order);
  bool            is_in_time;

  /* Before, as it can be done, and released, from the moment when it is in the queue. */
  if (!order->is_waited_for)
    background_promise_set_cancel_func (promise, withdraw, item_ref (item), item_unref);

  pthread_mutex_lock (&self->lock);
  is_in_time = !fail_to_push (self, error);
  if (is_in_time)
    {
      item->promise = promise;
      insert_by_priority (self, item);

      if (self->n_idle_consumers < self->items.length &&
          self->n_consumers < self->max_consumers)
        pool = count_consumer (self);
      pthread_cond_broadcast (&self->changed);
      if (self->wake != NULL && self->items.length == 1)
        wake = background_wake_ref (self->wake);
    }
  pthread_mutex_unlock (&self->lock);

  if (!is_in_time)
    item_unref (item);
  if (pool != NULL)
    start_consumer (self, pool);
  /* Without the lock, which is the first thing that the one who wakes up wants. */
  if (wake != NULL)
    {
      background_wake_up (wake);
      background_wake_unref (wake);
    }

  return is_in_time;
}

/* With the lock. */
static Item *
find (CallQueueCore *self, BackgroundPromise *promise)
{
  for (GList *link = self->items.head; link != NULL; link = link->next)
    if (((Item *) link->data)->promise == promise)
      return link->data;

  return NULL;
}

/* The same as cancelling it, for one that is waited for: it has no function for that.
 * Nothing is done if it has begun. */
void
call_queue_core_withdraw (CallQueueCore *self, BackgroundPromise *promise)
{
  Item *item;

  pthread_mutex_lock (&self->lock);
  item = find (self, promise);
  if (item != NULL)
    take_out (self, item);
  pthread_mutex_unlock (&self->lock);

  if (item == NULL)
    return;

  background_promise_unref (promise);
  item_unref (item);
}

/* Returns whether the receiver gets the error, too. */
static bool
run (Item *item, BackgroundPromise *promise, GError **error)
{
  GError  *own_error = NULL;
  gpointer value;
  bool     is_for_receiver;

  if (background_promise_is_cancelled (promise))
    {
      background_promise_leave_to_canceller (promise);
      return false;
    }

  atomic_store (&promise->runner, background_thread_get_id ());
  value = item->order.func (promise->data, &own_error);

  is_for_receiver = own_error != NULL &&
                    (item->order.route & CALL_QUEUE_ERROR_TO_RECEIVER);
  if (is_for_receiver && error != NULL)
    *error = g_error_copy (own_error);

  if (own_error != NULL && !(item->order.route & CALL_QUEUE_ERROR_TO_CALLER))
    {
      g_clear_error (&own_error);
      value = item->order.alternative;
    }

  background_promise_settle_and_finish (promise, value, own_error);
  background_promise_unref (promise);

  return is_for_receiver;
}

/* Runs what is there, until it is empty, or so many have run, or the deadline has come,
 * or a call has failed with an error for the receiver. */
guint
call_queue_core_receive (CallQueueCore *self,
                         guint          max_calls,
                         gint64         deadline,
                         GError       **error)
{
  guint n_received = 0;
  bool  goes_on = true;

  while (goes_on && (max_calls == CALL_QUEUE_UNBOUNDED || n_received < max_calls))
    {
      BackgroundPromise *promise = NULL;
      Item              *item;

      pthread_mutex_lock (&self->lock);
      item = g_queue_peek_head (&self->items);
      if (item != NULL)
        promise = take_out (self, item);
      pthread_mutex_unlock (&self->lock);

      if (item == NULL)
        break;

      goes_on = !run (item, promise, error) && (deadline == BACKGROUND_NO_DEADLINE ||
                                                g_get_monotonic_time () < deadline);
      item_unref (item);
      n_received++;
    }

  return n_received;
}

/* Sleeps until there is something to receive, or there will be nothing any more. Returns
 * whether there is something. */
bool
call_queue_core_wait (CallQueueCore *self, gint64 deadline)
{
  bool is_early = true;
  bool has_some;

  pthread_mutex_lock (&self->lock);
  while (self->items.length == 0 && !self->is_closed && is_early)
    is_early = background_condition_wait (&self->changed, &self->lock, deadline);
  has_some = self->items.length > 0;
  pthread_mutex_unlock (&self->lock);

  return has_some;
}

guint
call_queue_core_get_length (CallQueueCore *self)
{
  guint length;

  pthread_mutex_lock (&self->lock);
  length = self->items.length;
  pthread_mutex_unlock (&self->lock);

  return length;
}

/* No call is taken any more, and those that wait fail at once, unless they are kept. */
void
call_queue_core_close (CallQueueCore *self, bool keeps_calls)
{
  pthread_mutex_lock (&self->lock);
  self->is_closed = true;
  pthread_cond_broadcast (&self->changed);

  while (!keeps_calls && self->items.length > 0)
    fail_first (self,
                g_error_new_literal (BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_CLOSED,
                                     "The queue was closed"));
  pthread_mutex_unlock (&self->lock);
}

bool
call_queue_core_is_closed (CallQueueCore *self)
{
  bool is_closed;

  pthread_mutex_lock (&self->lock);
  is_closed = self->is_closed;
  pthread_mutex_unlock (&self->lock);

  return is_closed;
}

typedef struct
{
  CallQueueCore     *core;
  BackgroundPromise *promise;
  bool               is_endless;
  bool               is_deadlock;
  BackgroundWaitEdge edge;
  bool               is_poked; /* under the lock: what is waited for is done */
} Service;

static void
poke (gpointer data)
{
  Service       *service = data;
  CallQueueCore *self = service->core;

  pthread_mutex_lock (&self->lock);
  service->is_poked = true;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
}

/* Returns false if the wait would never end. */
static bool
enter_graph (Service *self)
{
  self->is_deadlock = self->is_endless && !background_wait_graph_enter (
                                              &self->edge, self->promise, self->core);

  return !self->is_deadlock;
}

static void
leave_graph (Service *self)
{
  if (self->is_endless && !self->is_deadlock)
    background_wait_graph_leave (&self->edge);
}

/* Receives what is there; sleeps if there is nothing. */
static bool
serve (gpointer data, gint64 deadline)
{
  Service       *service = data;
  CallQueueCore *self = service->core;
  bool           is_early = true;

  if (call_queue_core_get_length (self) > 0)
    {
      /* What it runs may wait, too. */
      leave_graph (service);
      call_queue_core_receive (self, CALL_QUEUE_UNBOUNDED, deadline, NULL);
      if (!enter_graph (service))
        return false;
    }

  pthread_mutex_lock (&self->lock);
  while (self->items.length == 0 && !service->is_poked && is_early)
    is_early = background_condition_wait (&self->changed, &self->lock, deadline);
  service->is_poked = false;
  pthread_mutex_unlock (&self->lock);

  return true;
}

/* Waits for a call, and receives from this queue meanwhile. Returns false if that would
 * never end. */
bool
call_queue_core_serve_until_done (CallQueueCore     *self,
                                  BackgroundPromise *promise,
                                  gint64             deadline)
{
  Service service = {
    .core = self,
    .promise = promise,
    .is_endless = deadline == BACKGROUND_NO_DEADLINE,
  };

  if (!enter_graph (&service))
    return false;

  background_pool_begin_wait ();
  background_waiter_serve_until_done (promise, deadline, serve, poke, &service);
  background_pool_end_wait ();
  leave_graph (&service);

  return !service.is_deadlock;
}
