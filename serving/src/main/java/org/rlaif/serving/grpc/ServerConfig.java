package org.rlaif.serving.grpc;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.engine.Calibration;
import org.rlaif.serving.engine.EngineConfig;
import org.rlaif.serving.graph.ComputeConfig;

/**
 * What is served, where and how.
 *
 * @param models model folders by the names under which they are served
 * @param port of TCP; 0: any that is free; null: no TCP, this process only
 * @param host address to listen on
 * @param engine slots, threads, device, queue and scoring
 * @param maxMessageBytes the largest message that is taken over TCP
 * @param patience how long requests under way may take to finish when the server closes
 * @param security who may call over TCP, and whether it is encrypted
 * @param metrics where figures are told, and whether the server is well; null: nowhere
 */
public record ServerConfig(
    Map<String, Path> models,
    @Nullable Integer port,
    String host,
    EngineConfig engine,
    int maxMessageBytes,
    Duration patience,
    Security security,
    @Nullable Endpoint metrics) {
  /**
   * Where something listens.
   *
   * @param host address
   * @param port of TCP; 0: any that is free
   */
  public record Endpoint(String host, int port) {
    public Endpoint {
      UserError.require(port >= 0 && port <= 65_535, "metrics port", port, "from 0 to 65535");
    }

    InetSocketAddress address() {
      var address = new InetSocketAddress(host, port);
      UserError.require(!address.isUnresolved(), "metrics host", host, "a name or an address");
      return address;
    }
  }

  public static final String LOOPBACK = "127.0.0.1";
  private static final int MAX_QUEUE = 16_384;
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PATIENCE = Duration.ofDays(1);

  public ServerConfig {
    models = new LinkedHashMap<>(models);
    UserError.require(
        port == null || (port >= 0 && port <= 65_535), "port", port, "from 0 to 65535");
    UserError.require(
        !patience.isNegative() && patience.compareTo(LONGEST_PATIENCE) <= 0,
        "drain",
        patience.toSeconds() + " s",
        "from 0 to " + LONGEST_PATIENCE.toSeconds() + " s");
    UserError.require(
        maxMessageBytes >= 1 << 20, "maxMessageBytes", maxMessageBytes, "at least 1048576");
  }

  /** Everything chosen by default, for clients in this process only. */
  public static ServerConfig inProcess(Map<String, Path> models) {
    return new ServerConfig(
        models,
        null,
        LOOPBACK,
        new EngineConfig(0, ComputeConfig.DEFAULT, MAX_QUEUE),
        MAX_MESSAGE_BYTES,
        PATIENCE,
        Security.NONE,
        null);
  }

  /** On TCP as well, where no client may fill more than half of a queue. */
  public ServerConfig listen(String host, int port) {
    return new ServerConfig(
            models, port, host, engine, maxMessageBytes, patience, security, metrics)
        .perClient(Math.max(1, engine.queue().sequences() / 2));
  }

  /** With room for {@code maxQueue} waiting sequences of one client, per model. */
  public ServerConfig perClient(int maxQueue) {
    return engine(each -> each.perClient(maxQueue));
  }

  /** With another engine; zeros are chosen by default. */
  public ServerConfig compute(int slots, ComputeConfig compute) {
    return engine(each -> each.compute(slots, compute));
  }

  /** On that number of threads; 0: one per processor. */
  public ServerConfig threads(int threads) {
    return compute(engine.slots(), ComputeConfig.threads(threads));
  }

  /** With an engine that differs so from this one's. */
  public ServerConfig engine(UnaryOperator<EngineConfig> change) {
    return new ServerConfig(
        models, port, host, change.apply(engine), maxMessageBytes, patience, security, metrics);
  }

  /** With policies quantised so, and calibrated and checked on these prompts. */
  public ServerConfig quantize(Quantization quantization, List<Prompt> prompts) {
    return engine(each -> each.quantize(quantization).calibrate(Calibration.of(prompts)));
  }

  /** Guarded so on TCP. */
  public ServerConfig secure(Security security) {
    return new ServerConfig(
        models, port, host, engine, maxMessageBytes, patience, security, metrics);
  }

  /** With figures for Prometheus on that port of the loopback address. */
  public ServerConfig metrics(int port) {
    return metrics(new Endpoint(LOOPBACK, port));
  }

  /** With figures for Prometheus there. */
  public ServerConfig metrics(Endpoint metrics) {
    return new ServerConfig(
        models, port, host, engine, maxMessageBytes, patience, security, metrics);
  }

  /** With that long for requests under way to finish when the server closes. */
  public ServerConfig drain(Duration patience) {
    return new ServerConfig(
        models, port, host, engine, maxMessageBytes, patience, security, metrics);
  }
}
