package org.rlaif.serving.grpc;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptors;
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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.queue.ModelObserver;
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

  /** Clients that ping at most so often, calls under way or not, are welcome to. */
  private static final int PINGS_MS = 1000;

  /**
   * Of a client before it is pinged: the way to it stays open, and one that vanished is noticed.
   */
  private static final int SILENCE_S = 30;

  private final ServerConfig config;

  /** Services of others, under the same guard, log and errors. */
  private final List<BindableService> guests;

  private final Instant started = Instant.now();
  private final ExecutorService executor = Executors.newCachedThreadPool(daemons("rlaif-call-%d"));
  private final Models models;
  private final HealthStatusManager health = new HealthStatusManager();
  private final String inProcessName = "rlaif-" + UUID.randomUUID();
  private final Calls calls = new Calls();

  /** For what is looked after again and again; unloading a model may take its time. */
  private final ScheduledExecutorService clock =
      Executors.newScheduledThreadPool(2, daemons("rlaif-clock-%d"));

  private final List<Server> transports = new ArrayList<>();
  private @Nullable Server tcp;
  private @Nullable Metrics metrics;
  private boolean closed; // guarded by this
  private volatile boolean ready;
  private volatile boolean broken;

  @SuppressWarnings("FutureReturnValueIgnored") // they end with the clock
  private RlaifServer(ServerConfig config, List<BindableService> guests) {
    this.config = config;
    this.guests = guests;
    this.models = new Models(config.engine(), Clock.systemUTC(), this::observer);
    clock.scheduleWithFixedDelay(this::unloadLapsed, 1, 1, TimeUnit.SECONDS);
    clock.scheduleWithFixedDelay(
        new Pauses(calls), Pauses.SECONDS, Pauses.SECONDS, TimeUnit.SECONDS);
  }

  private static ThreadFactory daemons(String names) {
    return new ThreadFactoryBuilder().setNameFormat(names).setDaemon(true).build();
  }

  /** Models whose holder is heard of no more, within a second of the end of its lease. */
  private void unloadLapsed() {
    try {
      models.unloadLapsed(config.patience());
    } catch (RuntimeException e) { // the next one has to be unloaded all the same
      LOG.error("a model whose lease has lapsed cannot be unloaded", e);
    }
  }

  /**
   * Loads all models, then listens; a {@link UserError} says what does not work.
   *
   * @param guests further services. Where there are tokens, every call of theirs needs the one for
   *     control
   */
  public static RlaifServer start(ServerConfig config, BindableService... guests) {
    var server = new RlaifServer(config, List.of(guests));
    try {
      if (config.port() != null) { // before models are loaded, which takes its time
        config.security().check(new InetSocketAddress(config.host(), config.port()));
      }
      if (config.metrics() != null) {
        server.metrics =
            new Metrics(
                config.metrics().address(),
                server.models::list,
                () -> !server.broken,
                () -> server.ready);
        if (!config.metrics().address().getAddress().isLoopbackAddress()) {
          LOG.warn("whoever reaches {} can read the figures", config.metrics().host());
        }
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
    start(
        InProcessServerBuilder.forName(inProcessName), List.of(), "in-process name", inProcessName);
    Integer port = config.port();
    if (port != null) {
      var address = new InetSocketAddress(config.host(), port);
      UserError.require(!address.isUnresolved(), "host", config.host(), "a name or an address");
      var unread = new Unread();
      BrokenFrames.inALineEach();
      tcp =
          start(
              config
                  .security()
                  .builder(address)
                  .maxInboundMessageSize(config.maxMessageBytes())
                  .decompressorRegistry(BrokenFrames.encodings())
                  .permitKeepAliveTime(PINGS_MS, TimeUnit.MILLISECONDS)
                  .permitKeepAliveWithoutCalls(true)
                  .keepAliveTime(SILENCE_S, TimeUnit.SECONDS)
                  .addTransportFilter(unread)
                  .intercept(unread),
              List.of(
                  ProtoReflectionServiceV1.newInstance(),
                  ChannelzService.newInstance(CHANNELZ_PAGE)),
              "port",
              port);
      LOG.atInfo()
          .addKeyValue("host", config.host())
          .addKeyValue("port", tcp.getPort())
          .log("listening");
      if (!address.getAddress().isLoopbackAddress() && !config.security().encrypted()) {
        LOG.warn("{} can be reached from other machines, without encryption", address);
      }
    }
  }

  private Server start(
      ServerBuilder<?> builder, List<BindableService> others, String what, Object value) {
    var errors = new ErrorMapping();
    var clients = new ClientIdentity();
    List<BindableService> services = new ArrayList<>(others);
    services.add(new PolicyService(models, executor));
    services.add(new RewardService(models, executor));
    services.add(new ControlService(models, config, version(), started));
    services.add(new InferenceService(models, executor, version(), () -> ready));
    services.addAll(guests);
    services.add(health.getHealthService());
    for (BindableService each : services) {
      builder.addService(RequestCheck.around(ServerInterceptors.intercept(each, clients, errors)));
    }
    builder.executor(executor);
    if (metrics != null) {
      builder.intercept(metrics); // around the guard: it counts the calls that are refused there
    }
    builder.intercept(calls); // around everything
    builder.addTransportFilter(new Connections(models, executor));
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
    broken = true;
    setHealth(ServingStatus.NOT_SERVING);
  }

  private void setHealth(ServingStatus status) {
    health.setStatus(WHOLE_SERVER, status);
    health.setStatus(PolicyGrpc.SERVICE_NAME, status);
    health.setStatus(RewardGrpc.SERVICE_NAME, status);
    health.setStatus(ControlGrpc.SERVICE_NAME, status);
    health.setStatus(GRPCInferenceServiceGrpc.SERVICE_NAME, status);
    guests.forEach(
        each -> health.setStatus(each.bindService().getServiceDescriptor().getName(), status));
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
    boolean served = !transports.isEmpty();
    if (served) {
      LOG.atInfo()
          .addKeyValue("drain_s", config.patience().toSeconds())
          .log("stopping: calls under way may finish");
    }
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
    clock.shutdown(); // what is being unloaded is not interrupted
    models.close();
    executor.shutdown();
    try {
      if (executor.awaitTermination(config.patience().toMillis(), TimeUnit.MILLISECONDS)) {
        models.close();
      } else {
        LOG.warn("some calls have not ended; their models' tokenizers stay open");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (served) {
      LOG.info("stopped");
    }
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
