package org.rlaif.serving.grpc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.ModelObserver;
import org.rlaif.serving.engine.QuantizationLoss;
import org.rlaif.serving.engine.ServedModel;

/**
 * Figures of calls and models, told to Prometheus on a port of the loopback address. What sequences
 * do is counted as it happens ({@link ModelMeters}), the state of a model when it is asked for.
 */
final class Metrics implements ServerInterceptor, AutoCloseable {
  private static final String PATH = "/metrics";

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
  private final Supplier<List<ServedModel>> models;
  private final HttpServer http;

  /** Listens at once; 0 is any port that is free. */
  Metrics(int port, Supplier<List<ServedModel>> models) {
    this.models = models;
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UserError("metrics port: " + port + " (expected: a free one)", e);
    }
    http.createContext(PATH, this::answer);
    http.start();
  }

  private MultiGauge gauge(String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  /** Counts what a model does; the other one hears the rest. */
  ModelObserver observe(String model, ModelObserver next) {
    return new ModelMeters(registry, model, next);
  }

  int port() {
    return http.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      look();
      byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void look() {
    List<ServedModel> all = models.get();
    List<ServedModel> policies = all.stream().filter(model -> model.slots() > 0).toList();
    set(versions, all, ServedModel::weightsVersion);
    set(losses, all, Metrics::kl);
    set(largestLosses, all, Metrics::largestDifference);
    set(slots, policies, ServedModel::slots);
    set(live, policies, ServedModel::liveSequences);
    set(waiting, policies, ServedModel::waitingSequences);
    set(
        cache,
        policies,
        model -> (double) model.cachedTokens() / model.slots() / model.config().contextLength());
  }

  private static double kl(ServedModel model) {
    QuantizationLoss loss = model.quantizationLoss();
    return loss == null ? 0 : loss.kl();
  }

  private static double largestDifference(ServedModel model) {
    QuantizationLoss loss = model.quantizationLoss();
    return loss == null ? 0 : loss.maxAbsDifference();
  }

  private static void set(
      MultiGauge gauge, List<ServedModel> models, ToDoubleFunction<ServedModel> figure) {
    List<Row<?>> rows = new ArrayList<>();
    for (ServedModel model : models) {
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
    http.stop(/* delaySeconds= */ 0);
    registry.close();
  }
}
