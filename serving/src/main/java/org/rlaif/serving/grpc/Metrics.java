package org.rlaif.serving.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.grpc.HttpPages.Page;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.update.QuantizationLoss;

/**
 * Figures of calls and models, told to Prometheus, and whether the server is well, told to whoever
 * restarts it. What sequences do is counted as it happens ({@link ModelMeters}), the state of a
 * model when it is asked for.
 */
final class Metrics implements ServerInterceptor, AutoCloseable {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final int UNAVAILABLE = 503;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MultiGauge versions =
      gauge("rlaif.weights.version", "Version of the weights that serve");
  private final MultiGauge slots = gauge("rlaif.slots", "Sequences that can be live");
  private final MultiGauge live = gauge("rlaif.sequences.live", "Sequences that are sampled now");
  private final MultiGauge waiting =
      gauge("rlaif.sequences.waiting", "Sequences that wait for a slot");
  private final MultiGauge cache =
      gauge("rlaif.kv.cache.usage", "Share of the slots' room for tokens that is in use");
  private final MultiGauge losses =
      gauge(
          "rlaif.quantization.kl",
          "KL per token from fp32 to what serves, in nats; 0 for what serves in fp32");
  private final MultiGauge largestLosses =
      gauge(
          "rlaif.quantization.max.difference",
          "Largest difference of a log-probability from fp32 to what serves; 0 for what serves in"
              + " fp32");
  private final MultiGauge memory = gauge("rlaif.memory.bytes", "Memory by what it is for");
  private final Supplier<List<ServedModel>> models;
  private final HttpPages http;

  /**
   * Listens at once.
   *
   * @param well whether all models that were loaded answer
   * @param ready whether the server takes requests, too
   */
  Metrics(
      InetSocketAddress address,
      Supplier<List<ServedModel>> models,
      BooleanSupplier well,
      BooleanSupplier ready) {
    this.models = models;
    Map<String, Supplier<Page>> pages = new LinkedHashMap<>();
    pages.put("/metrics", this::figures);
    pages.put("/healthz", () -> state(well, "ok", "a model answers no more"));
    pages.put("/readyz", () -> state(ready, "ready", "not ready"));
    http = new HttpPages(address, pages, HttpPages.PATIENCE);
  }

  private static Page state(BooleanSupplier good, String yes, String no) {
    return good.getAsBoolean() ? Page.plain(200, yes) : Page.plain(UNAVAILABLE, no);
  }

  private MultiGauge gauge(String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  /** Counts what a model does; the other one hears the rest. */
  ModelObserver observe(String model, ModelObserver next) {
    return new ModelMeters(registry, model, next);
  }

  int port() {
    return http.port();
  }

  private Page figures() {
    look();
    return new Page(200, TYPE, registry.scrape());
  }

  private void look() {
    List<ServedModel> all = models.get();
    List<PolicyEngine> policies =
        all.stream().filter(PolicyEngine.class::isInstance).map(PolicyEngine.class::cast).toList();
    set(versions, all, ServedModel::weightsVersion);
    set(losses, all, model -> loss(model, QuantizationLoss::kl));
    set(largestLosses, all, model -> loss(model, QuantizationLoss::maxAbsDifference));
    set(slots, policies, PolicyEngine::slots);
    set(live, policies, PolicyEngine::liveSequences);
    set(waiting, policies, PolicyEngine::waitingSequences);
    set(
        cache,
        policies,
        model -> (double) model.cachedTokens() / model.slots() / model.config().contextLength());
    List<Row<?>> parts = new ArrayList<>();
    Memory.now(all).forEach((part, bytes) -> parts.add(Row.of(Tags.of("part", part), bytes)));
    memory.register(parts, /* overwrite= */ true);
  }

  /** 0 for what serves in fp32. */
  private static double loss(ServedModel model, ToDoubleFunction<QuantizationLoss> figure) {
    QuantizationLoss loss = model instanceof PolicyEngine policy ? policy.quantizationLoss() : null;
    return loss == null ? 0 : figure.applyAsDouble(loss);
  }

  private static <M extends ServedModel> void set(
      MultiGauge gauge, List<M> models, ToDoubleFunction<M> figure) {
    List<Row<?>> rows = new ArrayList<>();
    for (M model : models) {
      rows.add(Row.of(Tags.of("model", model.name()), figure.applyAsDouble(model)));
    }
    gauge.register(rows, /* overwrite= */ true);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Timer.Sample began = Timer.start(registry);
    String method = call.getMethodDescriptor().getFullMethodName();
    ServerCall<Q, R> counted =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            began.stop(
                ModelMeters.timed(Timer.builder("rlaif.requests"))
                    .description("Calls that the server ended, by method and status")
                    .tag("method", method)
                    .tag("status", status.getCode().name())
                    .register(registry));
            super.close(status, trailers);
          }
        };
    return next.startCall(counted, headers);
  }

  @Override
  public void close() {
    http.close();
    registry.close();
  }
}
