/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-call-private.h"

#include "backgroundcall/background-condition-private.h"
#include "backgroundcall/background-pool-private.h"
#include "backgroundcall/background-promise-private.h"
#include "backgroundcall/background-wait-graph-private.h"
#include "backgroundcall/background-waiter-private.h"
#include "backgroundcall/background-watch-private.h"
#include "backgroundcall/call-queue-core-private.h"

/**
 * BackgroundCall:
 *
 * A function call that runs in the background, while its caller goes on.
 *
 * It is made for programs with a main loop that must not wait: a slow function is called
 * nearly as simply as any other, a `BackgroundCall` comes back at once, and the main loop
 * polls it when there is something new:
 *
 * ```c
 * static gpointer
 * count_words (BackgroundPromise *promise, gpointer data, GError **error)
 * {
 *   g_autofree char *text = NULL;
 *
 *   if (!g_file_get_contents (data, &text, NULL, error))
 *     return NULL;
 *
 *   return GSIZE_TO_POINTER (words_in (text));
 * }
 *
 * static gboolean
 * poll_cb (BackgroundCall *call, gpointer label)
 * {
 *   gpointer n_words;
 *
 *   if (!background_call_is_done (call))
 *     return G_SOURCE_CONTINUE;
 *
 *   n_words = background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL);
 *   show_count (label, GPOINTER_TO_SIZE (n_words));
 *   return G_SOURCE_REMOVE;
 * }
 *
 * g_autoptr (BackgroundCall) call =
 *     background_call_new (count_words, g_strdup (path), g_free);
 *
 * background_call_watch (call, G_OBJECT (label), poll_cb, label, NULL);
 * ```
 *
 * # Whose is what
 *
 * The call owns the data of its function until the function has returned, whatever
 * happens to the call meanwhile. It owns the return value and the error as long as it
 * lives itself. Every destroy function runs in the main context that was the default of
 * the thread that made the call, or in that thread itself, and never on the worker: a
 * program that hands over widgets or other things that are bound to their thread gets
 * them back there. (Only if that context is gone meanwhile do they run in the global
 * default one.)
 *
 * # How it ends
 *
 * The outcome is frozen once: the function returns, or fails, or the call is cancelled,
 * whichever comes first. It can be asked for as often as one likes. What the function
 * answers after a cancellation is freed quietly.
 *
 * Dropping the last reference to a running call cancels it. A watch is a reference:
 * somebody wants to know.
 *
 * # Where it comes from
 *
 * The behaviour is that of `BackgroundCall`, a Python recipe by R K of 2006
 * (ActiveState recipe 491280), whose polling with short sleeps is replaced by an idle
 * source that sleeps until there is news. What a worker knows of its call, and the calls
 * that are answered from elsewhere, is the promise of every language that has one
 * ([struct@Promise]).
 */
struct _BackgroundCall
{
  GObject parent_instance;

  /* Written once, when the call is made. What changes is in there. */
  BackgroundPromise *promise;
};

G_DEFINE_FINAL_TYPE (BackgroundCall, background_call, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (BackgroundCallState,
                    background_call_state,
                    G_DEFINE_ENUM_VALUE (BACKGROUND_CALL_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (BACKGROUND_CALL_RETURNED, "returned"),
                    G_DEFINE_ENUM_VALUE (BACKGROUND_CALL_FAILED, "failed"))

enum
{
  PROP_STATE = 1,
  PROP_PROGRESS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* How long a wait hook sleeps when nothing happens: the longest sleep of the recipe. */
#define HOOK_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)

static void
background_call_finalize (GObject *object)
{
  BackgroundCall *self = BACKGROUND_CALL (object);

  background_promise_abandon (self->promise);
  background_promise_drop (self->promise);

  G_OBJECT_CLASS (background_call_parent_class)->finalize (object);
}

static void
background_call_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  BackgroundCall *self = BACKGROUND_CALL (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, background_call_is_done (self));
      break;

    case PROP_PROGRESS:
      g_value_set_double (value, background_call_get_progress (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
background_call_class_init (BackgroundCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = background_call_finalize;
  object_class->get_property = background_call_get_property;

  /**
   * BackgroundCall:state:
   *
   * Whether there is an outcome, and of which kind.
   *
   * Changes are notified after [method@BackgroundCall.Call.notify_changes].
   */
  properties[PROP_STATE] = g_param_spec_enum (
      "state", NULL, NULL, BACKGROUND_TYPE_CALL_STATE, BACKGROUND_CALL_RUNNING,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * BackgroundCall:progress:
   *
   * The newest progress: the fraction that is done, from 0 to 1; -1 while that
   * isn't known.
   *
   * Changes are notified after [method@BackgroundCall.Call.notify_changes].
   */
  properties[PROP_PROGRESS] = g_param_spec_double (
      "progress", NULL, NULL, -1.0, 1.0, -1.0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
background_call_init (BackgroundCall *self G_GNUC_UNUSED)
{
}

/* The outcome, as get_return gives it. */
static gpointer
get_outcome (BackgroundCall *self, gint64 timeout, GError **error)
{
  BackgroundPromise *promise = self->promise;

  switch (background_promise_get_state (promise))
    {
    case BACKGROUND_CALL_RETURNED:
      background_promise_release_if_here (promise);
      return promise->return_value;

    case BACKGROUND_CALL_FAILED:
      background_promise_release_if_here (promise);
      if (error != NULL)
        *error = g_error_copy (promise->error);
      return NULL;

    case BACKGROUND_CALL_RUNNING:
    default:
      if (timeout == BACKGROUND_CALL_NO_WAIT)
        g_set_error_literal (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_NOT_DONE,
                             "The call is still running");
      else
        g_set_error_literal (error, BACKGROUND_CALL_ERROR,
                             BACKGROUND_CALL_ERROR_TIMED_OUT,
                             "The call did not return in time");
      return NULL;
    }
}

/* Returns false if that would never end. */
bool
background_call_wait (BackgroundPromise *promise, gint64 deadline, GError **error)
{
  BackgroundWaitEdge edge;
  bool               is_endless = deadline == BACKGROUND_NO_DEADLINE;

  if (is_endless && !background_wait_graph_enter (&edge, promise, NULL))
    {
      background_wait_graph_set_error (error);
      return false;
    }

  background_pool_begin_wait ();
  background_waiter_wait_until_done (promise, deadline);
  background_pool_end_wait ();

  if (is_endless)
    background_wait_graph_leave (&edge);

  return true;
}

static BackgroundCall *
new_for_promise (BackgroundPromise *promise)
{
  BackgroundCall *self = g_object_new (BACKGROUND_TYPE_CALL, NULL);

  self->promise = promise;

  return self;
}

/**
 * background_call_new:
 * @func: (scope notified) (closure data) (destroy data_destroy): the slow function
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the caller's context, when @func has
 * returned or will never run
 *
 * Calls @func in the background, on a thread of the default pool, and returns at once.
 *
 * The return value of @func is not freed: it is a number, or something static, or whoever
 * asks for it frees it. [ctor@BackgroundCall.Call.new_full] takes a destroy function for
 * it.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *(background_call_new) (BackgroundFunc func,
                                       gpointer       data,
                                       GDestroyNotify data_destroy)
{
  return background_call_new_named (NULL, func, data, data_destroy, NULL, NULL,
                                    G_PRIORITY_DEFAULT, NULL);
}

/**
 * background_call_new_full:
 * @func: (scope notified) (closure data) (destroy data_destroy): the slow function
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the caller's context, when @func has
 * returned or will never run
 * @return_destroy: (nullable) (scope forever): frees the return value of @func, in the
 * caller's context, with the call
 * @cancellable: (nullable): cancels the call; may be shared by several
 * @priority: the smaller, the sooner it gets a thread, if there are more calls than
 * threads; %G_PRIORITY_DEFAULT for most
 * @pool: (nullable): whose threads to use; %NULL for the default pool
 *
 * Calls @func in the background, and returns at once.
 *
 * If @cancellable is cancelled already, @func never runs. If no thread can be started,
 * the call fails with %BACKGROUND_CALL_ERROR_NO_THREAD.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *(background_call_new_full) (BackgroundFunc          func,
                                            gpointer                data,
                                            GDestroyNotify          data_destroy,
                                            BackgroundReturnDestroy return_destroy,
                                            GCancellable           *cancellable,
                                            int                     priority,
                                            BackgroundPool         *pool)
{
  return background_call_new_named (NULL, func, data, data_destroy, return_destroy,
                                    cancellable, priority, pool);
}

/**
 * background_call_new_named:
 * @name: (nullable): what to call it: a static string; %NULL for no name
 * @func: (scope notified) (closure data) (destroy data_destroy): the slow function
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the caller's context, when @func has
 *   returned or will never run
 * @return_destroy: (nullable) (scope forever): frees the return value of @func, in the
 *   caller's context, with the call
 * @cancellable: (nullable): cancels the call
 * @priority: the smaller, the sooner it gets a thread
 * @pool: (nullable): whose threads to use; %NULL for the default pool
 *
 * As [ctor@BackgroundCall.Call.new_full], with a name: that of its thread while it runs
 * (the first 15 bytes), and that which diagnosis shows. In C, the other constructors take
 * the name of @func.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
background_call_new_named (const char             *name,
                           BackgroundFunc          func,
                           gpointer                data,
                           GDestroyNotify          data_destroy,
                           BackgroundReturnDestroy return_destroy,
                           GCancellable           *cancellable,
                           int                     priority,
                           BackgroundPool         *pool)
{
  BackgroundPromise *promise;
  BackgroundCall    *self;

  g_return_val_if_fail (func != NULL, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  promise = background_promise_new (return_destroy);
  promise->name = name;
  self = new_for_promise (promise);
  background_promise_start (promise, func, data, data_destroy, cancellable,
                            pool != NULL ? pool : background_pool_get_default (),
                            priority);

  return self;
}

/**
 * background_call_new_for_promise:
 * @promise: (out) (transfer full): where to put the promise
 * @return_destroy: (nullable) (scope forever): frees the return value, in the caller's
 * context, with the call
 * @cancellable: (nullable): cancels the call; may be shared by several
 *
 * Makes a call that has no function of its own: whoever has @promise answers it.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
background_call_new_for_promise (BackgroundPromise     **promise,
                                 BackgroundReturnDestroy return_destroy,
                                 GCancellable           *cancellable)
{
  BackgroundCall *self;

  g_return_val_if_fail (promise != NULL, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  *promise = background_promise_new (return_destroy);
  self = new_for_promise (*promise);
  background_promise_follow_cancellable (*promise, cancellable);

  return self;
}

/* A call whose function somebody else than the pool runs, with the promise's data. */
BackgroundCall *
background_call_new_for_queue (BackgroundPromise     **promise,
                               CallQueueCore          *queue,
                               gpointer                data,
                               GDestroyNotify          data_destroy,
                               BackgroundReturnDestroy return_destroy,
                               GCancellable           *cancellable)
{
  BackgroundCall *self;

  *promise = background_promise_new (return_destroy);
  (*promise)->data = data;
  (*promise)->data_destroy = data_destroy;
  if (queue != NULL)
    (*promise)->queue = call_queue_core_ref (queue);
  self = new_for_promise (*promise);
  background_promise_follow_cancellable (*promise, cancellable);

  return self;
}

BackgroundPromise *
background_call_get_promise (BackgroundCall *self)
{
  return self->promise;
}

/**
 * background_call_is_done:
 * @self: a call
 *
 * Asks whether there is an outcome, and of which kind.
 *
 * May be called from any thread, at any time: it is one atomic load.
 *
 * Returns: %BACKGROUND_CALL_RUNNING, which is 0, while it runs; then for ever
 *   %BACKGROUND_CALL_RETURNED or %BACKGROUND_CALL_FAILED
 */
BackgroundCallState
background_call_is_done (BackgroundCall *self)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (self), BACKGROUND_CALL_FAILED);

  return background_promise_get_state (self->promise);
}

/**
 * background_call_get_return:
 * @self: a call
 * @timeout: how long to wait at most, in microseconds: %BACKGROUND_CALL_NO_WAIT,
 *   %BACKGROUND_CALL_WAIT_FOREVER, or a time between the two
 * @error: where to put what went wrong
 *
 * Gets the return value, or the error that the function raised: domain, code and message
 * unchanged, each time it is asked for.
 *
 * While the call is running, @error is %BACKGROUND_CALL_ERROR_NOT_DONE or
 * %BACKGROUND_CALL_ERROR_TIMED_OUT; the call goes on, and may be asked again. It is
 * %BACKGROUND_CALL_ERROR_DEADLOCK if waiting would never end, as the call waits for the
 * calling thread itself.
 *
 * May be called from any thread. It blocks, up to @timeout: in a thread that serves a
 * user interface, ask with %BACKGROUND_CALL_NO_WAIT.
 *
 * Returns: (transfer none) (nullable): the return value, which lives as long as @self
 */
gpointer
background_call_get_return (BackgroundCall *self, gint64 timeout, GError **error)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (timeout != BACKGROUND_CALL_NO_WAIT && !background_call_is_done (self) &&
      !background_call_wait (self->promise, background_deadline_of (timeout), error))
    return NULL;

  return get_outcome (self, timeout, error);
}

/**
 * background_call_get_return_or:
 * @self: a call
 * @timeout: how long to wait at most, in microseconds
 * @alternative: (nullable) (transfer none): what to return instead of an error
 *
 * Gets the return value; @alternative if the function failed, or did not return in time.
 *
 * May be called from any thread. It blocks, up to @timeout.
 *
 * Returns: (transfer none) (nullable): the return value or @alternative
 */
gpointer
background_call_get_return_or (BackgroundCall *self, gint64 timeout, gpointer alternative)
{
  g_autoptr (GError) error = NULL;
  gpointer value;

  g_return_val_if_fail (BACKGROUND_IS_CALL (self), alternative);

  value = background_call_get_return (self, timeout, &error);

  return error == NULL ? value : alternative;
}

/**
 * background_call_get_return_with_hook:
 * @self: a call
 * @timeout: how long to wait at most, in microseconds
 * @hook: (scope call) (closure user_data): what to do while waiting
 * @user_data: (nullable): data for @hook
 * @error: where to put what went wrong
 *
 * Waits as [method@BackgroundCall.Call.get_return] does, and runs @hook meanwhile: at
 * once, then whenever there is progress, and every 50 ms. An error that @hook raises ends
 * the waiting, and is the one that the caller gets; the call goes on.
 *
 * May be called from any thread; @hook runs there. It blocks, up to @timeout, and as long
 * as @hook takes.
 *
 * Returns: (transfer none) (nullable): the return value, which lives as long as @self
 */
gpointer
background_call_get_return_with_hook (BackgroundCall    *self,
                                      gint64             timeout,
                                      BackgroundWaitHook hook,
                                      gpointer           user_data,
                                      GError           **error)
{
  gint64 deadline;
  bool   go_on = true;

  g_return_val_if_fail (BACKGROUND_IS_CALL (self), NULL);
  g_return_val_if_fail (hook != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  deadline = background_deadline_of (timeout);

  background_pool_begin_wait ();
  while (!background_call_is_done (self) && g_get_monotonic_time () < deadline)
    {
      go_on = hook (self, user_data, error);
      if (!go_on)
        break;

      background_waiter_wait_for_news (
          self->promise, MIN (deadline, background_deadline_of (HOOK_INTERVAL)));
    }
  background_pool_end_wait ();

  return go_on ? get_outcome (self, timeout, error) : NULL;
}

/**
 * background_call_get_return_iterating:
 * @self: a call
 * @timeout: how long to wait at most, in microseconds
 * @context: (nullable): the main context to serve; %NULL for the global default one
 * @error: where to put what went wrong
 *
 * Waits as [method@BackgroundCall.Call.get_return] does, and serves @context meanwhile: a
 * window stays alive, although its thread waits.
 *
 * Whatever @context has to do runs before this returns: the same button may be pressed
 * again. [method@BackgroundCall.Call.watch] has no such surprises; this is for code that
 * must have the value before it goes on.
 *
 * To be called in the thread that owns @context, or when no thread does.
 *
 * Returns: (transfer none) (nullable): the return value, which lives as long as @self
 */
gpointer
background_call_get_return_iterating (BackgroundCall *self,
                                      gint64          timeout,
                                      GMainContext   *context,
                                      GError        **error)
{
  bool is_owned;

  g_return_val_if_fail (BACKGROUND_IS_CALL (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (context == NULL)
    context = g_main_context_default ();

  is_owned = g_main_context_acquire (context);
  g_return_val_if_fail (is_owned, NULL);

  background_pool_begin_wait ();
  background_waiter_iterate_until_done (self->promise, background_deadline_of (timeout),
                                        context);
  background_pool_end_wait ();
  g_main_context_release (context);

  return get_outcome (self, timeout, error);
}

/**
 * background_call_get_error:
 * @self: a call
 *
 * Looks at the error of a call that has failed.
 *
 * May be called from any thread, at any time; never blocks.
 *
 * Returns: (transfer none) (nullable): the error, which lives as long as @self; %NULL if
 *   the call is still running or has returned
 */
const GError *
background_call_get_error (BackgroundCall *self)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (self), NULL);

  if (background_call_is_done (self) != BACKGROUND_CALL_FAILED)
    return NULL;

  return self->promise->error;
}

/**
 * background_call_get_progress:
 * @self: a call
 *
 * The newest progress that the worker has reported.
 *
 * May be called from any thread, at any time; never blocks.
 *
 * Returns: the fraction that is done, from 0 to 1; -1 while that isn't known
 */
double
background_call_get_progress (BackgroundCall *self)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (self), -1.0);

  return background_promise_read_progress (self->promise);
}

/**
 * background_call_get_snapshot:
 * @self: a call
 * @snapshot: (out caller-allocates) (array length=size) (element-type guint8): where to
 * copy it to; not touched if there is none
 * @size: its size in bytes, the same that the worker reports
 *
 * The newest struct that the worker has reported with
 * [method@Promise.report_snapshot], whole.
 *
 * May be called from any thread, at any time; never blocks.
 *
 * Returns: whether there was one
 */
gboolean
background_call_get_snapshot (BackgroundCall *self, gpointer snapshot, gsize size)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (self), FALSE);
  g_return_val_if_fail (snapshot != NULL, FALSE);

  return background_promise_read_snapshot (self->promise, snapshot, size);
}

/**
 * background_call_take_results: (skip)
 * @self: a call
 *
 * Takes what the worker has handed over since the last time
 * ([method@Promise.report_result]): in order, and nothing is lost. Once the
 * call is done, one more look gets the rest.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full) (nullable): the results, which the array frees as its worker
 * has said; %NULL if there are none
 */
GPtrArray *
background_call_take_results (BackgroundCall *self)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (self), NULL);

  return background_results_take (&self->promise->results);
}

/* What was told last. The call is not kept: it may go while somebody listens. */
typedef struct
{
  GWeakRef            call;
  BackgroundCallState state;
  double              progress;
} Told;

static void
told_free (gpointer data)
{
  Told *told = data;

  g_weak_ref_clear (&told->call);
  g_free (told);
}

/* A BackgroundWatchFunc, of a watch that keeps no call. */
static gboolean
notify_cb (BackgroundCall *call G_GNUC_UNUSED, gpointer data)
{
  Told *told = data;
  g_autoptr (BackgroundCall) self = g_weak_ref_get (&told->call);
  BackgroundCallState state;
  double              progress;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  state = background_call_is_done (self);
  progress = background_call_get_progress (self);
  g_object_freeze_notify (G_OBJECT (self));
  if (progress != told->progress)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  if (state != told->state)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  told->progress = progress;
  told->state = state;
  g_object_thaw_notify (G_OBJECT (self));

  return G_SOURCE_CONTINUE;
}

/**
 * background_call_notify_changes:
 * @self: a call, which has not been asked for this before
 *
 * From now on, changes of [property@BackgroundCall.Call:state] and
 * [property@BackgroundCall.Call:progress] are notified (`notify::state`,
 * `notify::progress`), in the main context of @self, at most once a frame: for bindings
 * and expressions, and for languages where a signal is the custom. It has to be asked
 * for, as most calls have nobody who listens, and shall not pay for it.
 *
 * Unlike a watch, it does not keep @self: who wants to hear how it ends keeps it.
 *
 * May be called from any thread; never blocks.
 */
void
background_call_notify_changes (BackgroundCall *self)
{
  Told *told;

  g_return_if_fail (BACKGROUND_IS_CALL (self));

  told = g_new0 (Told, 1);
  g_weak_ref_init (&told->call, self);
  told->state = BACKGROUND_CALL_RUNNING;
  told->progress = -1.0;
  background_watch_add (self->promise, NULL, NULL, notify_cb, told, told_free);
}

/**
 * background_call_cancel:
 * @self: a call
 *
 * Says that nobody wants the outcome any more.
 *
 * A call that has no thread yet never runs. A running one fails at once with
 * %G_IO_ERROR_CANCELLED, while its function goes on to where it asks
 * [method@Promise.is_cancelled]; unless its worker has said that it answers
 * itself ([method@Promise.set_return_on_cancel]). A call that is done stays as
 * it is.
 *
 * May be called from any thread, any number of times; never blocks.
 */
void
background_call_cancel (BackgroundCall *self)
{
  g_return_if_fail (BACKGROUND_IS_CALL (self));

  background_promise_cancel (self->promise);
}

/**
 * background_call_detach:
 * @self: a call
 *
 * Lets the call run to its end even if nobody has it any more: dropping the last
 * reference does not cancel it from now on. For what is started and forgotten, and for
 * what must end by itself.
 *
 * May be called from any thread; never blocks.
 */
void
background_call_detach (BackgroundCall *self)
{
  g_return_if_fail (BACKGROUND_IS_CALL (self));

  background_promise_detach (self->promise);
}

/**
 * background_call_watch:
 * @self: a call
 * @owner: (nullable): with whom the watch goes: a widget, say
 * @func: (scope notified) (closure user_data) (destroy destroy): what to run when
 * something has changed
 * @user_data: (nullable): data for @func
 * @destroy: (nullable): frees @user_data, when the watch ends, however it ends
 *
 * Polls the call when there is something to see: @func runs in the main context of @self,
 * at idle priority, after progress (at most once a frame) and when the call is done, and
 * never while nothing happens. What had happened before is seen, too.
 *
 * The watch ends when @func wants so, when @func has seen that the call is done, when
 * @owner is disposed of, or with [method@BackgroundCall.Call.unwatch]. After that @func
 * never runs again. Until then, it holds a reference to @self: a call with a watch need
 * not be kept. The owner is not kept alive, but while @func runs.
 *
 * May be called from any thread; never blocks. @func and @destroy run in the main context
 * that was the default where @self was made.
 *
 * Returns: a number for [method@BackgroundCall.Call.unwatch]
 */
guint
background_call_watch (BackgroundCall     *self,
                       GObject            *owner,
                       BackgroundWatchFunc func,
                       gpointer            user_data,
                       GDestroyNotify      destroy)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (self), 0);
  g_return_val_if_fail (owner == NULL || G_IS_OBJECT (owner), 0);
  g_return_val_if_fail (func != NULL, 0);

  return background_watch_add (self->promise, self, owner, func, user_data, destroy);
}

/**
 * background_call_unwatch:
 * @self: a call
 * @id: what [method@BackgroundCall.Call.watch] returned, of a watch that has not ended
 *
 * Ends a watch. Its function does not run any more.
 *
 * To be called in the main context of @self.
 */
void
background_call_unwatch (BackgroundCall *self, guint id)
{
  g_return_if_fail (BACKGROUND_IS_CALL (self));
  g_return_if_fail (id != 0);

  background_watch_remove (self->promise, id);
}
