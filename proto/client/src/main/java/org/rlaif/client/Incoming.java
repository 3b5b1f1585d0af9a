package org.rlaif.client;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * The messages of one call, as they come. {@link #hasNext} waits for the next one and throws a
 * {@link StatusRuntimeException} if the call fails; closing it before its end ends the call, and
 * the server stops working on it.
 *
 * @param <T> a message
 */
public final class Incoming<T> implements Iterator<T>, AutoCloseable {
  private final Connection connection;
  private final String what;
  private final CancellableContext context = Context.current().withCancellation();
  private final Iterator<T> messages;

  /**
   * @param what is waited for, in errors
   */
  Incoming(Connection connection, String what, Supplier<Iterator<T>> call) {
    this.connection = connection;
    this.what = what;
    Context before = context.attach();
    try {
      this.messages = call.get();
    } finally {
      context.detach(before);
    }
  }

  @Override
  public boolean hasNext() {
    boolean more;
    try {
      more = connection.waitFor(what, messages::hasNext);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    if (!more) {
      close();
    }
    return more;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException(what + ": there is no more");
    }
    return messages.next();
  }

  @Override
  public void close() {
    context.cancel(null);
  }
}
