package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetChannelRequest;
import io.grpc.channelz.v1.GetServerRequest;
import io.grpc.channelz.v1.GetServerSocketsRequest;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.channelz.v1.GetSocketRequest;
import io.grpc.channelz.v1.GetSubchannelRequest;
import io.grpc.channelz.v1.GetTopChannelsRequest;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.inference.ModelConfigRequest;
import org.rlaif.inference.ModelMetadataRequest;
import org.rlaif.inference.ModelReadyRequest;
import org.rlaif.inference.ServerLiveRequest;
import org.rlaif.v1.BeginUpdateRequest;
import org.rlaif.v1.Chat;
import org.rlaif.v1.CommitUpdateRequest;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GetServerInfoRequest;
import org.rlaif.v1.Input;
import org.rlaif.v1.LoadModelRequest;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LowRankAdapter;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.PauseRequest;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.PushTensorRequest;
import org.rlaif.v1.RenewLeaseRequest;
import org.rlaif.v1.ResumeRequest;
import org.rlaif.v1.RewardGrpc;
import org.rlaif.v1.RollbackUpdateRequest;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScorePairsRequest;
import org.rlaif.v1.ScoreRequest;
import org.rlaif.v1.UnloadModelRequest;

/** Whatever bytes come, the server is never at fault, and says nothing of them in its log. */
class MutatedMessagesTest {
  private static final int MUTATIONS = 10_000;
  private static final int AT_A_TIME = 32;

  /** What may come; a call that waits for weights which never come is late. */
  private static final Set<Status.Code> EXPECTED =
      EnumSet.of(
          Status.Code.OK,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.ALREADY_EXISTS,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.ABORTED,
          Status.Code.DEADLINE_EXCEEDED);

  private static final Marshaller<byte[]> BYTES =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] bytes) {
          return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream bytes) {
          try {
            return bytes.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final Set<String> ASKED = Set.of("policy", "long", "reward");

  private record Seed(String method, ByteString message) {}

  @TempDir Path folder;
  private final List<Seed> seeds = new ArrayList<>();
  private final Queue<String> loud = new ConcurrentLinkedQueue<>();

  @Test
  void noneIsTheServersFault() throws Exception {
    Handler ear = ear();
    Logger.getLogger("").addHandler(ear);
    try (TestServer server = TestServer.start(folder);
        CapturedLog log = new CapturedLog()) {
      real(server);
      everyMethodHasASeed();
      Map<String, Integer> seen = send(server, new Random(20_240_611));
      log.events().stream()
          .filter(event -> event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.WARN))
          .forEach(event -> loud.add(event.toString()));
      assertEquals(MUTATIONS, seen.values().stream().mapToInt(Integer::intValue).sum());
      assertEquals(List.of(), List.copyOf(loud), () -> seen.toString());
      assertTrue(seen.getOrDefault("INVALID_ARGUMENT", 0) > MUTATIONS / 5, seen::toString);
      assertTrue(seen.getOrDefault("OK", 0) > MUTATIONS / 20, seen::toString);
      RlaifClient.open(server.address(), java.time.Duration.ofSeconds(20)).close();
    } finally {
      Logger.getLogger("").removeHandler(ear);
    }
  }

  private Handler ear() {
    return new Handler() {
      @Override
      public void publish(LogRecord event) {
        if (event.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue()) {
          loud.add(event.getLoggerName() + ": " + event.getMessage() + " " + event.getThrown());
        }
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  /** As a client would send them; nothing that stops the models which are asked. */
  private void real(TestServer server) {
    Input text = RlaifClient.text("Once upon a time");
    Input tokens = RlaifClient.tokens(2, 9, 10);
    Sampling sampling =
        TestServer.sampling(4, 7)
            .setTemperature(0.7f)
            .setTopK(20)
            .setTopP(0.9f)
            .setMinP(0.01f)
            .setMinTokens(1)
            .addStopStrings("the end")
            .addStopTokenIds(5)
            .putLogitBias(9, -2)
            .setRepetitionPenalty(1.1f)
            .setTopLogprobs(2)
            .setSupport(true)
            .build();
    Input chat =
        Input.newBuilder()
            .setChat(
                Chat.newBuilder()
                    .addMessages(
                        org.rlaif.v1.Message.newBuilder().setRole("user").setContent("Hello")))
            .build();
    for (Input prompt : List.of(text, tokens, chat)) {
      seed(
          PolicyGrpc.getGenerateMethod(),
          GenerateRequest.newBuilder()
              .setModel("policy")
              .setPrompt(prompt)
              .setSampling(sampling)
              .build());
    }
    seed(
        PolicyGrpc.getRolloutMethod(),
        TestServer.rollout("policy", 2, sampling.toBuilder()).build());
    seed(
        PolicyGrpc.getRolloutMethod(),
        RolloutRequest.newBuilder().setModel("policy").addPrompts(tokens).setSamples(3).build());
    seed(
        PolicyGrpc.getLogprobsMethod(),
        LogprobsRequest.newBuilder()
            .setModel("policy")
            .setPrompt(text)
            .addCompletions(tokens)
            .addCompletions(text)
            .setTemperature(0.5f)
            .setMinWeightsVersion(1)
            .build());
    seed(
        RewardGrpc.getScoreMethod(),
        ScoreRequest.newBuilder()
            .setModel("reward")
            .addItems(ScoreRequest.Item.newBuilder().setPrompt(text).setCompletion(tokens))
            .build());
    seed(
        RewardGrpc.getScorePairsMethod(),
        ScorePairsRequest.newBuilder()
            .setModel("reward")
            .addPairs(
                ScorePairsRequest.Pair.newBuilder()
                    .setPrompt(tokens)
                    .setFirst(text)
                    .setSecond(tokens))
            .build());
    control(server);
    inference();
    seed(
        HealthGrpc.getCheckMethod(),
        HealthCheckRequest.newBuilder().setService(PolicyGrpc.SERVICE_NAME).build());
    seed(
        HealthGrpc.getWatchMethod(),
        HealthCheckRequest.newBuilder().setService(PolicyGrpc.SERVICE_NAME).build());
    seed(
        ServerReflectionGrpc.getServerReflectionInfoMethod(),
        ServerReflectionRequest.newBuilder().setFileContainingSymbol("rlaif.v1.Policy").build());
    seed(
        ServerReflectionGrpc.getServerReflectionInfoMethod(),
        ServerReflectionRequest.newBuilder().setListServices("").build());
    channels();
  }

  private void control(TestServer server) {
    String update =
        ControlGrpc.newBlockingStub(server.tcp())
            .beginUpdate(BeginUpdateRequest.newBuilder().setModel("twin").build())
            .getUpdateId();
    seed(ControlGrpc.getGetServerInfoMethod(), GetServerInfoRequest.getDefaultInstance());
    seed(ControlGrpc.getListModelsMethod(), GetServerInfoRequest.getDefaultInstance());
    seed(
        ControlGrpc.getLoadModelMethod(),
        LoadModelRequest.newBuilder().setName("new").setFolder(folder + "/nowhere").build());
    seed(
        ControlGrpc.getUnloadModelMethod(),
        UnloadModelRequest.newBuilder().setName("nobody").setHolder("somebody").build());
    seed(
        ControlGrpc.getRenewLeaseMethod(),
        RenewLeaseRequest.newBuilder().setHolder("somebody").build());
    for (PauseMode mode : List.of(PauseMode.PAUSE_MODE_DRAIN, PauseMode.PAUSE_MODE_ABORT)) {
      seed(
          ControlGrpc.getPauseMethod(),
          PauseRequest.newBuilder().setModel("twin").setMode(mode).build());
    }
    seed(ControlGrpc.getResumeMethod(), ResumeRequest.newBuilder().setModel("twin").build());
    seed(
        ControlGrpc.getBeginUpdateMethod(),
        BeginUpdateRequest.newBuilder()
            .setModel("long")
            .setAdapter(LowRankAdapter.newBuilder().setRank(2).setAlpha(4).addTargets("all-linear"))
            .build());
    seed(
        ControlGrpc.getPushTensorMethod(),
        PushTensorRequest.newBuilder()
            .setUpdateId(update)
            .setName("transformer.ln_f.weight")
            .setData(ByteString.copyFrom(new byte[64]))
            .build());
    seed(
        ControlGrpc.getCommitUpdateMethod(),
        CommitUpdateRequest.newBuilder()
            .setUpdateId(update)
            .addProbes(
                CommitUpdateRequest.Probe.newBuilder()
                    .addPromptTokenIds(2)
                    .addCompletionTokenIds(1)
                    .addLogprobs(-3))
            .setMaxAbsLogprobDifference(0.1f)
            .build());
    seed(
        ControlGrpc.getRollbackUpdateMethod(),
        RollbackUpdateRequest.newBuilder().setUpdateId(update).build());
  }

  private void inference() {
    for (var method :
        List.of(
            GRPCInferenceServiceGrpc.getServerLiveMethod(),
            GRPCInferenceServiceGrpc.getServerReadyMethod(),
            GRPCInferenceServiceGrpc.getServerMetadataMethod())) {
      seed(method, ServerLiveRequest.getDefaultInstance());
    }
    seed(
        GRPCInferenceServiceGrpc.getModelReadyMethod(),
        ModelReadyRequest.newBuilder().setName("policy").setVersion("1").build());
    seed(
        GRPCInferenceServiceGrpc.getModelMetadataMethod(),
        ModelMetadataRequest.newBuilder().setName("policy").build());
    seed(
        GRPCInferenceServiceGrpc.getModelConfigMethod(),
        ModelConfigRequest.newBuilder().setName("reward").build());
    seed(
        GRPCInferenceServiceGrpc.getModelInferMethod(),
        InferRequests.policy(InferRequests.texts("text_input", List.of("Once upon")))
            .putParameters("max_tokens", InferRequests.whole(3))
            .putParameters("stop", InferRequests.text("end"))
            .putParameters("temperature", InferRequests.decimal(0.5))
            .build());
    seed(
        GRPCInferenceServiceGrpc.getModelInferMethod(),
        InferRequests.policy(
                InferRequests.ids("input_ids", 2, 9),
                InferRequests.texts("sampling_parameters", List.of("{\"max_tokens\": 3}")))
            .build());
    seed(
        GRPCInferenceServiceGrpc.getModelInferMethod(),
        InferRequests.reward(
                InferRequests.texts("prompt", List.of("Once")),
                InferRequests.texts("completion", List.of("upon")))
            .build());
  }

  private void channels() {
    seed(ChannelzGrpc.getGetTopChannelsMethod(), GetTopChannelsRequest.getDefaultInstance());
    seed(ChannelzGrpc.getGetServersMethod(), GetServersRequest.getDefaultInstance());
    seed(ChannelzGrpc.getGetServerMethod(), GetServerRequest.newBuilder().setServerId(1).build());
    seed(
        ChannelzGrpc.getGetServerSocketsMethod(),
        GetServerSocketsRequest.newBuilder().setServerId(1).build());
    seed(
        ChannelzGrpc.getGetChannelMethod(), GetChannelRequest.newBuilder().setChannelId(1).build());
    seed(
        ChannelzGrpc.getGetSubchannelMethod(),
        GetSubchannelRequest.newBuilder().setSubchannelId(1).build());
    seed(ChannelzGrpc.getGetSocketMethod(), GetSocketRequest.newBuilder().setSocketId(1).build());
  }

  private void seed(MethodDescriptor<?, ?> method, Message message) {
    seeds.add(new Seed(method.getFullMethodName(), message.toByteString()));
  }

  private void everyMethodHasASeed() {
    var expected = new TreeMap<String, Boolean>();
    Stream.of(
            PolicyGrpc.getServiceDescriptor(),
            RewardGrpc.getServiceDescriptor(),
            ControlGrpc.getServiceDescriptor(),
            GRPCInferenceServiceGrpc.getServiceDescriptor(),
            HealthGrpc.getServiceDescriptor(),
            ServerReflectionGrpc.getServiceDescriptor(),
            ChannelzGrpc.getServiceDescriptor())
        .map(ServiceDescriptor::getMethods)
        .forEach(methods -> methods.forEach(each -> expected.put(each.getFullMethodName(), true)));
    var found = new TreeMap<String, Boolean>();
    seeds.forEach(seed -> found.put(seed.method(), true));
    assertEquals(expected.keySet(), found.keySet());
  }

  private Map<String, Integer> send(TestServer server, Random random) throws Exception {
    var room = new Semaphore(AT_A_TIME);
    Queue<Status.Code> seen = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < MUTATIONS; i++) {
      Seed seed = seeds.get(random.nextInt(seeds.size()));
      byte[] message = mutated(seed.message().toByteArray(), random);
      while (stopsOthers(seed.method(), message)) {
        message = mutated(seed.message().toByteArray(), random);
      }
      byte[] sent = message;
      assertTrue(room.tryAcquire(60, TimeUnit.SECONDS), "calls that do not end");
      call(
          server,
          seed.method(),
          sent,
          status -> {
            seen.add(status.getCode());
            if (!EXPECTED.contains(status.getCode())) {
              loud.add(seed.method() + " " + status + " for " + Arrays.toString(sent));
            }
            room.release();
          });
    }
    assertTrue(room.tryAcquire(AT_A_TIME, 60, TimeUnit.SECONDS), "calls that do not end");
    Map<String, Integer> counts = new TreeMap<>();
    seen.forEach(code -> counts.merge(code.name(), 1, Integer::sum));
    return counts;
  }

  /** Whether a mutation has made a real order to unload or to pause a model that is asked. */
  private static boolean stopsOthers(String method, byte[] message) {
    try {
      if (method.equals(ControlGrpc.getUnloadModelMethod().getFullMethodName())) {
        return ASKED.contains(UnloadModelRequest.parseFrom(message).getName());
      }
      return method.equals(ControlGrpc.getPauseMethod().getFullMethodName())
          && ASKED.contains(PauseRequest.parseFrom(message).getModel());
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  /** One message, and what its end says; who watches stops at the first answer. */
  private static void call(
      TestServer server, String method, byte[] message, java.util.function.Consumer<Status> end) {
    boolean watch = method.equals(HealthGrpc.getWatchMethod().getFullMethodName());
    ClientCall<byte[], byte[]> call =
        server
            .tcp()
            .newCall(
                MethodDescriptor.newBuilder(BYTES, BYTES)
                    .setType(MethodType.BIDI_STREAMING)
                    .setFullMethodName(method)
                    .build(),
                CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS));
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] answer) {
            if (watch) {
              call.cancel("seen", null);
            }
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            boolean stopped = watch && status.getCode() == Status.Code.CANCELLED;
            end.accept(stopped ? Status.OK : status);
          }
        },
        new Metadata());
    call.request(Integer.MAX_VALUE);
    call.sendMessage(message);
    call.halfClose();
  }

  /** Some of what goes wrong on the way, or is done on purpose. */
  private byte[] mutated(byte[] message, Random random) {
    byte[] mutated = message;
    for (int change = random.nextInt(3); change >= 0; change--) {
      mutated = changed(mutated, random);
    }
    return mutated;
  }

  private byte[] changed(byte[] message, Random random) {
    int at = random.nextInt(message.length + 1);
    int end = at + random.nextInt(Math.min(8, message.length - at) + 1);
    byte[] middle =
        switch (random.nextInt(7)) {
          case 0 -> flipped(message, at, end, random);
          case 1 -> random(random.nextInt(8), random);
          case 2 -> new byte[0];
          case 3 -> concatenated(part(message, at, end), part(message, at, end));
          case 4 -> varint(random);
          case 5 -> seeds.get(random.nextInt(seeds.size())).message().toByteArray();
          default -> part(message, 0, message.length);
        };
    if (random.nextInt(20) == 0) {
      return random.nextBoolean() ? middle : random(random.nextInt(64), random);
    }
    return concatenated(part(message, 0, at), middle, part(message, end, message.length));
  }

  private static byte[] flipped(byte[] message, int from, int to, Random random) {
    byte[] flipped = part(message, from, to);
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  /** A number at the edge of what there is. */
  private static byte[] varint(Random random) {
    long[] edges = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, 1L << 32};
    long left = edges[random.nextInt(edges.length)];
    var bytes = new ByteArrayOutputStream();
    while ((left & ~0x7fL) != 0) {
      bytes.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
    return bytes.toByteArray();
  }

  private static byte[] random(int size, Random random) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private static byte[] concatenated(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
