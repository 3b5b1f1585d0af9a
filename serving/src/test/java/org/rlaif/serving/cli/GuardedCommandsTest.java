package org.rlaif.serving.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.grpc.Security;
import org.rlaif.serving.grpc.TestCertificates;

/** The commands in processes of their own, because tokens come from the environment alone. */
class GuardedCommandsTest {
  private static final String TOKEN = "read-5b0c";

  @TempDir static Path folder;

  @Test
  void tokensAndTlsFromTheCommandLine() throws Exception {
    TestCertificates certificates = TestCertificates.make(folder, "server");
    Path model = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    String certificate = certificates.certificate().toString();
    List<String> serve =
        List.of(
            "serve " + model + " --port 0 --slots 2 --threads 1 --weights int8 --tls-certificate",
            certificate,
            "--tls-key",
            certificates.key().toString());
    Map<String, String> tokens = Map.of(Security.INFERENCE, TOKEN, Security.CONTROL, "rw-11aa");
    Process server = CommandProcess.start(tokens, serve);
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      var said = new StringBuilder();
      String address = CommandProcess.listening(out, said);
      String memory =
          "policy: 2 slots of 64 tokens, KV cache .* in fp32, weights .* in int8; the .*";
      assertTrue(said.toString().lines().anyMatch(line -> line.matches(memory)), said.toString());
      assertTrue(said.toString().contains("policy: log-probabilities differ"), said.toString());
      String ask = "generate policy hello --max-tokens 3 --address " + address;
      String tls = "--tls-ca " + certificate;
      CommandProcess.Result good =
          CommandProcess.run(Map.of(Security.INFERENCE, TOKEN), List.of(ask, tls));
      assertEquals(0, good.code(), good.said());
      // Whoever has the control token alone may ask, too.
      CommandProcess.Result health =
          CommandProcess.run(
              Map.of(Security.CONTROL, "rw-11aa"), List.of("health --address " + address, tls));
      assertEquals("serving\n", health.said());
      assertEquals(0, health.code());
      CommandProcess.Result nobody = CommandProcess.run(Map.of(), List.of(ask, tls));
      assertEquals(2, nobody.code(), nobody.said());
      assertEquals(
          "rlaif-server: authorization: missing (expected: Bearer and the server's RLAIF_TOKEN,"
              + " or its RLAIF_CONTROL_TOKEN)\n",
          nobody.said());
      CommandProcess.Result bad =
          CommandProcess.run(Map.of(Security.INFERENCE, "wrong-99"), List.of(ask, tls));
      assertEquals(2, bad.code(), bad.said());
      assertFalse(bad.said().contains("wrong-99"), bad.said());
    } finally {
      server.destroy();
      assertTrue(server.waitFor(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void beyondThisMachineNeedsALeave() throws Exception {
    Path model = TestModels.save(folder.resolve("open"), TestModels.TINY, 7);
    CommandProcess.Result refused =
        CommandProcess.run(Map.of(), List.of("serve " + model + " --port 0 --host 0.0.0.0"));
    assertEquals(
        "rlaif-server: host: 0.0.0.0 (expected: RLAIF_TOKEN or --tls-client-ca, for other"
            + " machines can call there; --insecure lets anyone in)\n",
        refused.said());
    assertEquals(2, refused.code());
  }
}
