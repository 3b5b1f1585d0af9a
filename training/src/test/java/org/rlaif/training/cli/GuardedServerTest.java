package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.Credentials;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.Security;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.serving.grpc.TestCertificates;

/** Runs on a server that demands certificates and tokens; those come from the environment alone. */
class GuardedServerTest {
  private static final String READ = "read-5b0c";
  private static final String WRITE = "write-11aa";

  private record Result(int code, String said) {}

  @TempDir Path folder;
  private TestCertificates server;
  private TestCertificates friend;

  @BeforeEach
  void make() throws Exception {
    server = TestCertificates.make(folder, "server");
    friend = TestCertificates.make(folder, "friend");
  }

  @Test
  void aRunPublishesItsWeightsAndItsJudgeIsAskedThere() throws Exception {
    try (RlaifServer guarded = start()) {
      Result done = run(guarded, Map.of(Credentials.CONTROL_TOKEN, WRITE), friend());
      assertEquals(0, done.code(), done.said());
      assertTrue(done.said().contains("judge model:tiny-judge"), done.said());
      assertFalse(done.said().contains(WRITE), done.said());
      assertEquals(List.of(), guarded.models(), "nothing is left behind");
    }
    String config = Files.readString(folder.resolve("runs/tiny/config.yaml"));
    assertFalse(config.contains(WRITE), config);
  }

  @Test
  void whoMayNotPublishIsToldSoInOneLine() throws Exception {
    try (RlaifServer guarded = start()) {
      refused(
          run(guarded, Map.of(Credentials.TOKEN, READ), friend()),
          "authorization: a token for inference, for rlaif.v1.Control/UnloadModel"
              + " (expected: the server's RLAIF_CONTROL_TOKEN)");
      refused(run(guarded, Map.of(), friend()), "authorization: missing");
      List<String> noCertificate = List.of("serverTls.ca=" + server.certificate());
      refused(
          run(guarded, Map.of(Credentials.CONTROL_TOKEN, WRITE), noCertificate),
          "the server demands a certificate");
      refused(
          run(guarded, Map.of(Credentials.CONTROL_TOKEN, WRITE), List.of()),
          "as one does that wants TLS");
      List<String> noKey =
          List.of(
              "serverTls.ca=" + server.certificate(),
              "serverTls.certificate=" + friend.certificate());
      refused(
          run(guarded, Map.of(), noKey),
          "serverTls: TLS key: missing (expected: a certificate and its key, or neither)");
    }
  }

  private RlaifServer start() {
    return RlaifServer.start(
        ServerConfig.inProcess(Map.of())
            .listen(ServerConfig.LOOPBACK, 0)
            .secure(
                new Security(
                    server.certificate(),
                    server.key(),
                    friend.certificate(),
                    READ,
                    WRITE,
                    false,
                    false)));
  }

  private List<String> friend() {
    return List.of(
        "serverTls.ca=" + server.certificate(),
        "serverTls.certificate=" + friend.certificate(),
        "serverTls.key=" + friend.key());
  }

  private static void refused(Result result, String reason) {
    assertEquals(2, result.code(), result.said());
    List<String> errors = result.said().lines().filter(line -> line.startsWith("rlaif: ")).toList();
    assertEquals(1, errors.size(), result.said());
    assertTrue(errors.get(0).contains(reason), result.said());
    assertFalse(result.said().contains("\tat "), result.said());
  }

  private Result run(RlaifServer guarded, Map<String, String> tokens, List<String> settings)
      throws IOException, InterruptedException {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-Dorg.bytedeco.openblas.load=mkl",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=8g",
            "-Djava.awt.headless=true",
            Rlaif.class.getName(),
            "run",
            yaml.toString(),
            "--runs",
            folder.resolve("runs").toString(),
            "--set",
            "model.contextLength=640", // questions to a judge are long
            "--set",
            "judge.kind=model",
            "--set",
            "judge.model=sft",
            "--set",
            "server=127.0.0.1:" + guarded.port()));
    settings.forEach(each -> command.addAll(List.of("--set", each)));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of(Credentials.TOKEN, Credentials.CONTROL_TOKEN));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().putAll(tokens);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), said);
  }
}
