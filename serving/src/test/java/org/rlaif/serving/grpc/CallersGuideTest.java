package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.Credentials;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;

/** What {@code proto/README.md} and the client's own documentation tell callers to do. */
class CallersGuideTest {
  /** Room for what a model that knows nothing writes. */
  private static final DecoderConfig ROOMY = DecoderConfig.gpt2(300, 256, 16, 2, 2, 32);

  private static final Path PROTO = Path.of("../proto").toAbsolutePath().normalize();
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^grpcurl (.*?)(?:-d '([^']*)' )?127\\.0\\.0\\.1:7070 (\\S+)$");
  private static final Pattern UPDATE_ID = Pattern.compile("\"updateId\":\"([^\"]+)\"");

  @TempDir static Path folder;
  private static RlaifServer server;
  private static ManagedChannel channel;
  private static Reflected reflected;
  private static String guide;

  @BeforeAll
  static void start() throws IOException {
    guide = Files.readString(PROTO.resolve("README.md"));
    Map<String, Path> models = new LinkedHashMap<>();
    Path policy = TestModels.save(folder.resolve("policy"), ROOMY, 7);
    Files.writeString(
        policy.resolve("chat_template.jinja"),
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:");
    models.put("policy", policy);
    models.put("reward", TestModels.save(folder.resolve("reward"), ROOMY.withHead(Head.SCORE), 7));
    server =
        RlaifServer.start(
            ServerConfig.inProcess(models)
                .listen(ServerConfig.LOOPBACK, 0)
                .compute(2, ComputeConfig.threads(2)));
    channel = Grpc.newChannelBuilder(address(), InsecureChannelCredentials.create()).build();
    reflected = new Reflected(channel);
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  /** A commit needs all tensors; its JSON alone is checked. */
  @Test
  void itsGrpcurlCommandsCanBeTyped() throws Exception {
    Matcher command = COMMAND.matcher(guide);
    Set<String> called = new TreeSet<>();
    String updateId = "";
    while (command.find()) {
      String json = command.group(2) == null ? "{}" : command.group(2);
      String method = command.group(3);
      if (method.endsWith("/CommitUpdate")) {
        JsonFormat.parser()
            .merge(json, DynamicMessage.newBuilder(reflected.method(method).getInputType()));
      } else {
        List<String> answers = reflected.call(method, json.replace("UPDATE_ID", updateId));
        assertFalse(answers.isEmpty(), method);
        Matcher id = UPDATE_ID.matcher(answers.get(0));
        updateId = id.find() ? id.group(1) : updateId;
      }
      called.add(method);
    }
    assertEquals(
        Pattern.compile("(?m)^grpcurl ").matcher(guide).results().count(),
        COMMAND.matcher(guide).results().count(),
        "every command was understood");
    assertTrue(called.size() >= 16, called.toString());
  }

  /** Services, methods and messages, in every language. */
  @Test
  void itNamesOnlyWhatThereIs() {
    Matcher method =
        Pattern.compile("\\b((?:rlaif\\.v1|inference|grpc\\.\\S+)\\.\\w+/\\w+)").matcher(guide);
    while (method.find()) {
      reflected.method(method.group(1));
    }
    Matcher message = Pattern.compile("\\b(\\w+)_pb2\\.(\\w+)\\b").matcher(guide);
    int count = 0;
    while (message.find()) {
      String service =
          Map.of(
                  "common", "rlaif.v1.Policy",
                  "control", "rlaif.v1.Control",
                  "policy", "rlaif.v1.Policy",
                  "reward", "rlaif.v1.Reward",
                  "open_inference", "inference.GRPCInferenceService")
              .get(message.group(1));
      FileDescriptor file = reflected.file(service);
      boolean known =
          file.findMessageTypeByName(message.group(2)) != null
              || file.getDependencies().stream()
                  .anyMatch(each -> each.findMessageTypeByName(message.group(2)) != null);
      assertTrue(known, message.group());
      count++;
    }
    assertTrue(count >= 8, count + " messages");
    Matcher stub =
        Pattern.compile("\\b(control|policy|reward|inference)\\.([A-Z]\\w+)\\(").matcher(guide);
    Map<String, String> services =
        Map.of(
            "control", "rlaif.v1.Control",
            "policy", "rlaif.v1.Policy",
            "reward", "rlaif.v1.Reward",
            "inference", "inference.GRPCInferenceService");
    while (stub.find()) {
      if (!stub.group(2).equals("GRPCInferenceService")) {
        reflected.method(services.get(stub.group(1)) + "/" + stub.group(2));
      }
    }
    Matcher asked = Pattern.compile("ask\\((\\w+), \"(\\w+)\"").matcher(guide);
    while (asked.find()) {
      String name = asked.group(1).equals("infer") ? "inference" : asked.group(1);
      reflected.method(services.get(name) + "/" + asked.group(2));
    }
  }

  @Test
  void itsFilesAreThere() {
    Matcher file = Pattern.compile("\\b(?:rlaif/v1|inference)/\\w+\\.proto").matcher(guide);
    int count = 0;
    while (file.find()) {
      assertTrue(Files.isRegularFile(PROTO.resolve("wire/src/main/proto/" + file.group())));
      count++;
    }
    assertTrue(count >= 10, count + " files");
    Matcher link = Pattern.compile("\\[[^\\]]+]\\((?!http|#)([\\w./-]+)\\)").matcher(guide);
    while (link.find()) {
      assertTrue(Files.exists(PROTO.resolve(link.group(1))), link.group(1));
    }
  }

  @Test
  void itsJavaProgramsRunWithTheClientAlone() throws Exception {
    List<String> programs = blocks("java");
    assertEquals(4, programs.size());
    String hello = JavaProgram.run(programs.get(0), address(), folder, Map.of());
    assertTrue(Pattern.compile("(?s).*\nscore -?[0-9.E-]+\n").matcher(hello).matches(), hello);
    List<String> asked =
        JavaProgram.run(programs.get(1), address(), folder, Map.of()).lines().toList();
    assertEquals(List.of("model policy", "model reward"), asked.subList(0, 2));
    assertEquals(4, asked.stream().filter(line -> line.matches("sample [0-3]")).count());
    assertTrue(asked.get(asked.size() - 3).matches("logprobs \\[-.*]"), asked.toString());
    assertTrue(asked.get(asked.size() - 2).matches("score -?[0-9.E-]+"), asked.toString());
    assertTrue(asked.get(asked.size() - 1).matches("reply [0-9]+"), asked.toString());

    writeTensors();
    assertEquals("version 2\n", JavaProgram.run(programs.get(2), address(), folder, Map.of()));

    TestCertificates certificates = TestCertificates.make(folder, "server");
    Security security =
        new Security(
            certificates.certificate(), certificates.key(), null, "read-5b", "rw-11", false, false);
    ServerConfig config =
        ServerConfig.inProcess(Map.of()).listen(ServerConfig.LOOPBACK, 0).secure(security);
    try (RlaifServer guarded = RlaifServer.start(config)) {
      Map<String, String> token = Map.of(Credentials.TOKEN, "read-5b");
      String address = ServerConfig.LOOPBACK + ":" + guarded.port();
      String said = JavaProgram.run(programs.get(3), address, folder, token);
      assertTrue(said.startsWith("engine onnxruntime "), said);
    }
  }

  @Test
  void theExampleOfTheClientsPackageRuns() throws Exception {
    String javadoc =
        Files.readString(PROTO.resolve("client/src/main/java/org/rlaif/client/package-info.java"));
    String begin = "<pre>{@code\n";
    int from = javadoc.indexOf(begin) + begin.length();
    String example =
        javadoc.substring(from, javadoc.indexOf("}</pre>", from)).replaceAll("(?m)^ \\* ?", "");
    List<String> said = JavaProgram.run(example, address(), folder, Map.of()).lines().toList();
    assertEquals(List.of("policy", "reward"), said.subList(0, 2));
    assertTrue(Float.isFinite(Float.parseFloat(said.get(said.size() - 1))), said.toString());
  }

  private static String address() {
    return ServerConfig.LOOPBACK + ":" + server.port();
  }

  private static List<String> blocks(String language) {
    List<String> blocks = new ArrayList<>();
    Matcher block = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(guide);
    while (block.find()) {
      blocks.add(block.group(1));
    }
    return blocks;
  }

  /** The served weights once more, a file for each tensor. */
  private static void writeTensors() throws IOException {
    Path tensors = Files.createDirectories(folder.resolve("tensors"));
    Weights weights = TestModels.weights(ROOMY, 7);
    for (TensorSpec spec : weights.specs()) {
      FloatBuffer numbers = weights.get(spec.name());
      ByteBuffer bytes =
          ByteBuffer.allocate(numbers.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(numbers);
      Files.write(tensors.resolve(spec.name()), bytes.array());
    }
  }
}
