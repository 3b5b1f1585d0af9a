package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;

/** Two policies alike, one with a long context, and a reward model, with channels to them. */
record TestServer(RlaifServer server, ManagedChannel inProcess, ManagedChannel tcp)
    implements AutoCloseable {
  static final String PROMPT = "My sister wants to borrow my car. TL;DR:";

  private static final DecoderConfig LONG = DecoderConfig.gpt2(300, 2000, 16, 2, 2, 32);

  static TestServer start(Path folder) {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("policy", TestModels.save(folder.resolve("policy"), TestModels.TINY, 7));
    models.put("twin", TestModels.save(folder.resolve("twin"), TestModels.TINY, 8));
    models.put("long", TestModels.save(folder.resolve("long"), LONG, 7));
    models.put(
        "reward",
        TestModels.save(folder.resolve("reward"), TestModels.TINY.withHead(Head.SCORE), 7));
    RlaifServer server = RlaifServer.start(config(models).listen(ServerConfig.LOOPBACK, 0));
    String address = ServerConfig.LOOPBACK + ":" + server.port();
    return new TestServer(
        server,
        InProcessChannelBuilder.forName(server.inProcessName()).build(),
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build());
  }

  String address() {
    return ServerConfig.LOOPBACK + ":" + server.port();
  }

  /** Of one of its models. */
  Path folder(String model) {
    return server.models().stream()
        .filter(each -> each.name().equals(model))
        .findFirst()
        .orElseThrow()
        .folder();
  }

  String inProcessName() {
    return server.inProcessName();
  }

  @Override
  public void close() {
    inProcess.shutdownNow();
    tcp.shutdownNow();
    server.close();
  }

  /** Two prompts of different lengths. */
  static RolloutRequest.Builder rollout(String model, int samples, Sampling.Builder sampling) {
    return RolloutRequest.newBuilder()
        .setModel(model)
        .addPrompts(RlaifClient.text(PROMPT))
        .addPrompts(RlaifClient.text(PROMPT + " again"))
        .setSamples(samples)
        .setSampling(sampling);
  }

  static Sampling.Builder sampling(int maxTokens, long seed) {
    return Sampling.newBuilder().setMaxTokens(maxTokens).setSeed(seed);
  }

  static List<RolloutResponse> sequences(Channel channel, RolloutRequest request) {
    List<RolloutResponse> sequences = new ArrayList<>();
    PolicyGrpc.newBlockingStub(channel).rollout(request).forEachRemaining(sequences::add);
    sequences.sort(
        Comparator.comparingInt(RolloutResponse::getPromptIndex)
            .thenComparingInt(RolloutResponse::getSampleIndex));
    return sequences;
  }

  static void refused(Status.Code code, String sentence, Runnable call) {
    StatusRuntimeException error = assertThrows(StatusRuntimeException.class, call::run);
    assertEquals(code, error.getStatus().getCode(), error.getMessage());
    if (sentence != null) {
      assertEquals(sentence, error.getStatus().getDescription());
    }
  }

  /** Of a server whose first model, by name, it is. */
  static PolicyEngine policy(RlaifServer server) {
    return (PolicyEngine) server.models().get(0);
  }

  static ServerConfig config(Map<String, Path> models) {
    return ServerConfig.inProcess(models).compute(4, ComputeConfig.threads(2));
  }
}
