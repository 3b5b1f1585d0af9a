package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.serving.engine.TestModels;

/** A project that has the client alone can call a running server. */
class ClientAloneTest {
  /** Room for what a model that knows nothing writes. */
  private static final DecoderConfig ROOMY =
      new DecoderConfig(300, 256, 16, 2, 2, 32, 1e-5, Head.LANGUAGE_MODEL, 2, 1, 0);

  @TempDir Path folder;

  @Test
  void theExampleOfTheClientsPackageRuns() throws Exception {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("policy", TestModels.save(folder.resolve("policy"), ROOMY, 7));
    models.put("reward", TestModels.save(folder.resolve("reward"), ROOMY.withHead(Head.SCORE), 7));
    ServerConfig config =
        ServerConfig.inProcess(models).listen(ServerConfig.LOOPBACK, 0).compute(2, 2, false, "cpu");
    try (RlaifServer server = RlaifServer.start(config)) {
      String address = ServerConfig.LOOPBACK + ":" + server.port();
      List<String> said = JavaProgram.run(example(), address, folder, Map.of()).lines().toList();
      assertEquals(List.of("policy", "reward"), said.subList(0, 2));
      assertTrue(said.size() >= 4, said.toString());
      assertTrue(Float.isFinite(Float.parseFloat(said.get(said.size() - 1))), said.toString());
    }
  }

  private static String example() throws IOException {
    String javadoc =
        Files.readString(
            Path.of("../proto/client/src/main/java/org/rlaif/client/package-info.java"));
    String begin = "<pre>{@code\n";
    int from = javadoc.indexOf(begin) + begin.length();
    return javadoc.substring(from, javadoc.indexOf("}</pre>", from)).replaceAll("(?m)^ \\* ?", "");
  }
}
