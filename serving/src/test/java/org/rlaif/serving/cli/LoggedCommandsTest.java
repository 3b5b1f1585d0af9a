package org.rlaif.serving.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.grpc.Security;

/** What a server that is started by its command writes about a call. */
class LoggedCommandsTest {
  private static final String TOKEN = "read-5b0c";

  @TempDir static Path folder;

  @Test
  void aLineForPeople() throws Exception {
    String line = afterACall("");
    assertTrue(
        line.matches(
            "\\d\\d:\\d\\d:\\d\\d INFO  Calls: call ended method=\"rlaif.v1.Policy/Generate\""
                + " client=\"connection /127.0.0.1:\\d+\" model=\"policy\" status=\"OK\""
                + " prompt_tokens=\"\\d+\" completion_tokens=\"3\" queue_ms=\"[\\d.]+\""
                + " first_token_ms=\"[\\d.]+\" total_ms=\"[\\d.]+\" request=\"[0-9a-f]{16}\""),
        line);
  }

  @Test
  void aLineForMachines() throws Exception {
    String line = afterACall(" --log-format json");
    JsonNode event = Json.MAPPER.readTree(line);
    assertEquals("INFO", event.get("level").asText());
    assertEquals("call ended", event.get("formattedMessage").asText());
    assertTrue(event.get("timestamp").isIntegralNumber(), line);
    assertTrue(event.get("mdc").get("request").asText().matches("[0-9a-f]{16}"), line);
    assertEquals(1, event.get("kvpList").findValues("completion_tokens").size(), line);
    assertEquals("3", event.get("kvpList").findValue("completion_tokens").asText());
    assertEquals("policy", event.get("kvpList").findValue("model").asText());
  }

  @Test
  void silenceIfItIsWanted() throws Exception {
    assertEquals("", afterACall(" --log-level warn"));
  }

  /** The line that a server has written by its end, or nothing. */
  private static String afterACall(String options) throws Exception {
    Path model = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    String serve = "serve " + model + " --port 0 --slots 2 --threads 1" + options;
    Map<String, String> token = Map.of(Security.INFERENCE, TOKEN);
    Process server = CommandProcess.start(token, List.of(serve));
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      String address = CommandProcess.listening(out);
      String ask = "generate policy borrowing --max-tokens 3 --address " + address;
      assertEquals(0, CommandProcess.run(token, List.of(ask)).code());
      server.toHandle().destroy(); // its streams stay open
      List<String> lines = out.lines().toList();
      assertTrue(server.waitFor(30, TimeUnit.SECONDS));
      assertTrue(lines.size() <= 1, lines.toString());
      String line = String.join("", lines);
      assertFalse(line.contains(TOKEN) || line.contains("borrow"), line);
      return line;
    } finally {
      server.destroyForcibly();
    }
  }
}
