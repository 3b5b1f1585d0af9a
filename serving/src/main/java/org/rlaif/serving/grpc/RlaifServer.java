package org.rlaif.serving.grpc;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.ModelObserver;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RewardGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server: models in service, reachable in this process and, if a port is given, over TCP. There
 * it listens on the loopback address unless told otherwise, and {@link Security} says who may call.
 */
public final class RlaifServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RlaifServer.class);
  private static final int CHANNELZ_PAGE = 100;
  private static final String WHOLE_SERVER = "";
  private static final int CLOSING_CHECK_MS = 20;
  private static final int LAST_WORDS_MS = 2000;

  private final ServerConfig config;
  private final Instant started = Instant.now();
  private final ExecutorService executor;
  private final Models models;
  private final HealthStatusManager health = new HealthStatusManager();
  private final String inProcessName = "rlaif-" + UUID.randomUUID();
  private final Calls calls = new Calls();
  private final List<Server> transports = new ArrayList<>();
  private @Nullable Server tcp;
  private @Nullable Metrics metrics;
  private boolean closed; // guarded by this
  private volatile boolean ready;

  private RlaifServer(ServerConfig config) {
    this.config = config;
    var count = new AtomicInteger();
    this.executor =
        Executors.newCachedThreadPool(
            work -> {
              var thread = new Thread(work, "rlaif-call-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.models = new Models(config.engine(), Clock.systemUTC(), this::observer);
  }

  /** Loads all models, then listens; a {@link UserError} says what does not work. */
  public static RlaifServer start(ServerConfig config) {
    var server = new RlaifServer(config);
    try {
      if (config.port() != null) { // before models are loaded, which takes its time
        config.security().check(new InetSocketAddress(config.host(), config.port()));
      }
      if (config.metricsPort() != null) {
        server.metrics = new Metrics(config.metricsPort(), server.models::list);
      }
      config.models().forEach(server.models::load);
      server.listen();
      return server;
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private void listen() {
    setHealth(ServingStatus.SERVING);
    start(InProcessServerBuilder.forName(inProcessName), "in-process name", inProcessName);
    Integer port = config.port();
    if (port != null) {
      var address = new InetSocketAddress(config.host(), port);
      UserError.require(!address.isUnresolved(), "host", config.host(), "a name or an address");
      tcp =
          start(
              config
                  .security()
                  .builder(address)
                  .maxInboundMessageSize(config.maxMessageBytes())
                  .addService(ProtoReflectionServiceV1.newInstance())
                  .addService(ChannelzService.newInstance(CHANNELZ_PAGE)),
              "port",
              port);
      if (!address.getAddress().isLoopbackAddress() && !config.security().encrypted()) {
        LOG.warn("{} can be reached from other machines, without encryption", address);
      }
    }
  }

  private Server start(ServerBuilder<?> builder, String what, Object value) {
    var errors = new ErrorMapping();
    var clients = new ClientIdentity();
    List<ServerServiceDefinition> services =
        List.of(
            new PolicyService(models, executor).bindService(),
            new RewardService(models, executor).bindService(),
            new ControlService(models, config, version(), started).bindService(),
            new InferenceService(models, executor, version(), () -> ready).bindService());
    services.forEach(
        each -> builder.addService(ServerInterceptors.intercept(each, clients, errors)));
    builder.addService(health.getHealthService()).executor(executor);
    if (metrics != null) {
      builder.intercept(metrics); // around the guard: it counts the calls that are refused there
    }
    builder.intercept(calls); // around everything
    try {
      Server server = builder.build().start();
      transports.add(server);
      return server;
    } catch (IOException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new UserError(
          "%s: %s (expected: a free one on %s; %s)"
              .formatted(what, value, config.host(), reason.getMessage()),
          e);
    }
  }

  private ModelObserver observer(String model) {
    ModelObserver health = cause -> broken(model, cause);
    return metrics == null ? health : metrics.observe(model, health);
  }

  private void broken(String model, Throwable cause) {
    LOG.error("model {} answers no more: {}", model, cause.toString());
    setHealth(ServingStatus.NOT_SERVING);
  }

  private void setHealth(ServingStatus status) {
    health.setStatus(WHOLE_SERVER, status);
    health.setStatus(PolicyGrpc.SERVICE_NAME, status);
    health.setStatus(RewardGrpc.SERVICE_NAME, status);
    health.setStatus(ControlGrpc.SERVICE_NAME, status);
    health.setStatus(GRPCInferenceServiceGrpc.SERVICE_NAME, status);
    ready = status == ServingStatus.SERVING;
  }

  /** For {@code InProcessChannelBuilder.forName}, or a client's {@code inprocess:NAME}. */
  public String inProcessName() {
    return inProcessName;
  }

  /** The port of TCP, chosen by the system if 0 was wanted. */
  public int port() {
    if (tcp == null) {
      throw new IllegalStateException("this server does not listen on TCP");
    }
    return tcp.getPort();
  }

  /** The port of the metrics, chosen by the system if 0 was wanted. */
  public int metricsPort() {
    if (metrics == null) {
      throw new IllegalStateException("this server has no metrics");
    }
    return metrics.port();
  }

  /** The models that are loaded now. */
  public List<ServedModel> models() {
    return models.list();
  }

  /** What computes, for people. */
  public String engine() {
    return models.engine();
  }

  /** Returns when the server is closed. */
  public void awaitTermination() throws InterruptedException {
    for (Server transport : transports) {
      transport.awaitTermination();
    }
  }

  /**
   * Takes no new requests, lets those under way finish for a while, then ends them. Those that wait
   * for what cannot come any more, because it would be a new request, end at once.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    health.enterTerminalState(); // first: who watches it sends nothing more here
    ready = false;
    transports.forEach(Server::shutdown);
    models.stopWaiting();
    try {
      awaitCalls();
    } catch (InterruptedException e) {
      transports.forEach(Server::shutdownNow);
      Thread.currentThread().interrupt();
    }
    if (metrics != null) {
      metrics.close();
    }
    models.unloadAll();
    executor.shutdown();
    try {
      if (!executor.awaitTermination(config.patience().toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("some calls have not ended; their models' tokenizers stay open");
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    models.close();
  }

  private void awaitCalls() throws InterruptedException {
    long end = System.nanoTime() + config.patience().toNanos();
    for (Server transport : transports) {
      boolean ended = false;
      while (!ended && System.nanoTime() < end && !calls.onlyWatched()) {
        ended = transport.awaitTermination(CLOSING_CHECK_MS, TimeUnit.MILLISECONDS);
      }
    }
    for (Server transport : transports) {
      transport.shutdownNow();
      // Its last words need the executor, which goes next.
      transport.awaitTermination(LAST_WORDS_MS, TimeUnit.MILLISECONDS);
    }
  }

  /** Of this program; {@code development} if it does not run from its jar. */
  public static String version() {
    String version = RlaifServer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
