package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.rows.Row;

/**
 * Row 7 of a file f, for tests, in JSON with single quotes. {@code u:x} is a user's message x,
 * {@code s:x} the system's, {@code a:x} the assistant's.
 */
final class Rows {
  private Rows() {}

  /** What a row becomes where completions are learned. */
  static Lesson read(String json, String... settings) {
    return only(layouts(/* learned= */ true, settings).read(row(json)));
  }

  /** What a row becomes where nothing is learned from completions. */
  static Lesson readUnlearned(String json, String... settings) {
    return only(layouts(/* learned= */ false, settings).read(row(json)));
  }

  private static Lesson only(Layouts.Recognised recognised) {
    assertEquals(1, recognised.reading().lessons().size(), recognised.toString());
    return recognised.reading().lessons().get(0);
  }

  /** What a row becomes, and as what it is read. */
  static Layouts.Recognised recognised(String json, String... settings) {
    return layouts(/* learned= */ true, settings).read(row(json));
  }

  /** Why a row is refused where completions are learned. */
  static String message(String json, String... settings) {
    return Objects.requireNonNull(
        assertThrows(UserError.class, () -> read(json, settings), json).getMessage());
  }

  static Layouts layouts(boolean learned, String... settings) {
    return new Layouts(config(settings), /* seed= */ 0, learned);
  }

  static DataConfig config(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of("data.source=files", "data.files=[f]", "evaluation.judge=configured"));
    all.addAll(List.of(settings));
    return RunConfig.load(null, all).data();
  }

  static Row row(String json) {
    String whole =
        json.replaceAll("\\bs:(\\w)", "{'role': 'system', 'content': '$1'}")
            .replaceAll("\\bu:(\\w)", "{'role': 'user', 'content': '$1'}")
            .replaceAll("\\ba:(\\w)", "{'role': 'assistant', 'content': '$1'}");
    try {
      ObjectNode columns = (ObjectNode) Json.MAPPER.readTree(whole.replace('\'', '"'));
      return new Row("f", "f", 7, columns);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  static Prompt chat(String... messages) {
    return Prompt.of(
        Arrays.stream(messages)
            .map(
                message ->
                    switch (message.charAt(0)) {
                      case 's' -> Message.system(message.substring(2));
                      case 'u' -> Message.user(message.substring(2));
                      default -> Message.assistant(message.substring(2));
                    })
            .toList());
  }
}
