package org.rlaif.serving.grpc;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.engine.Models;

/** Connections, over TCP or within the process: what was begun on one ends with it. */
final class Connections extends ServerTransportFilter {
  /** Of a call: what its connection is known by. */
  static final Attributes.Key<Object> CONNECTION = Attributes.Key.create("connection");

  private final Models models;
  private final Executor executor;

  /**
   * @param executor does what may have to wait
   */
  Connections(Models models, Executor executor) {
    this.models = models;
    this.executor = executor;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder().set(CONNECTION, new Object()).build();
  }

  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    Object connection = attributes == null ? null : attributes.get(CONNECTION);
    if (connection == null) {
      return; // it was never ready
    }
    try {
      executor.execute(
          () -> models.list().forEach(model -> model.updates().connectionEnded(connection)));
    } catch (RejectedExecutionException e) { // all models are gone
    }
  }
}
