package org.rlaif.serving.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
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
    assertEquals("call ended", event.get("message").asText());
    assertTrue(Instant.parse(event.get("time").asText()).isAfter(Instant.EPOCH), line);
    assertTrue(event.get("request").asText().matches("[0-9a-f]{16}"), line);
    assertTrue(event.get("completion_tokens").isIntegralNumber(), line);
    assertEquals(3, event.get("completion_tokens").asInt());
    assertTrue(event.get("total_ms").isNumber(), line);
    assertEquals("policy", event.get("model").asText());
  }

  @Test
  void aMistakeForMachines() throws Exception {
    CommandProcess.Result result =
        CommandProcess.run(
            Map.of(),
            List.of(
                "serve " + folder.resolve("nothing") + " --port 0 --log-format json --threads 1"));
    assertEquals(2, result.code(), result.said());
    JsonNode event = Json.MAPPER.readTree(result.said());
    assertEquals("ERROR", event.get("level").asText());
    assertTrue(event.get("message").asText().contains("nothing"), result.said());
  }

  @Test
  void silenceIfItIsWanted() throws Exception {
    assertEquals("", afterACall(" --log-level warn"));
  }

  /** Of a server whose log is all that it says: every line is an object. */
  private static String listening(BufferedReader out) throws Exception {
    String line = out.readLine();
    while (line != null) {
      JsonNode event = Json.MAPPER.readTree(line);
      if (event.get("message").asText().equals("listening")) {
        assertTrue(event.get("port").isIntegralNumber(), line);
        return event.get("host").asText() + ":" + event.get("port").asInt();
      }
      line = out.readLine();
    }
    throw new AssertionError("the server ended");
  }

  /** The line that a server has written about a call by its end, or nothing. */
  private static String afterACall(String options) throws Exception {
    Path model = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    String serve = "serve " + model + " --port 0 --slots 2 --threads 1" + options;
    Map<String, String> token = Map.of(Security.INFERENCE, TOKEN);
    Process server = CommandProcess.start(token, List.of(serve));
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      var said = new StringBuilder();
      boolean json = options.contains("json");
      String address = json ? listening(out) : CommandProcess.listening(out, said);
      String ask = "generate policy borrowing --max-tokens 3 --address " + address;
      assertEquals(0, CommandProcess.run(token, List.of(ask)).code());
      server.toHandle().destroy(); // its streams stay open
      List<String> lines = out.lines().toList();
      assertTrue(server.waitFor(30, TimeUnit.SECONDS));
      if (options.contains("warn")) {
        assertFalse(said.toString().contains("RlaifServer"), said.toString());
        return String.join("", lines);
      }
      assertEquals(3, lines.size(), lines.toString());
      assertTrue(lines.get(1).contains("stopping"), lines.toString());
      assertTrue(lines.get(2).contains("stopped"), lines.toString());
      if (json) {
        for (String each : lines) {
          assertTrue(Json.MAPPER.readTree(each).get("message").isTextual(), each);
        }
      }
      String line = lines.get(0);
      assertFalse(line.contains(TOKEN) || line.contains("borrow"), line);
      return line;
    } finally {
      server.destroyForcibly();
    }
  }
}
