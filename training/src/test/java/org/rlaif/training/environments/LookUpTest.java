package org.rlaif.training.environments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;

class LookUpTest {
  private static final Prompt ASKED = Prompt.of(List.of(Message.user("Ann asks for k")));
  private static final String CALL = "{\"name\": \"look_up\", \"arguments\": {\"key\": \"k\"}}";

  private final LookUp environment = new LookUp();

  @Test
  void whoRepeatsTheAnswerIsRight() {
    for (long seed = 0; seed < 50; seed++) {
      String colour = reply(seed, CALL).messages().get(0).content();
      assertEquals(1, reply(seed, CALL, colour).reward());
      for (String other : LookUp.COLOURS) {
        assertEquals(other.equals(colour) ? 1 : 0, reply(seed, other).reward());
      }
      assertEquals(0, reply(seed, CALL, "grey").reward());
    }
  }

  /** 1 of 4: of 4,000 seeds 1,000 with a standard deviation of 27, for every colour. */
  @Test
  void whoGuessesIsRightOnceInFour() {
    for (String guess : LookUp.COLOURS) {
      double right =
          LongStream.range(0, 4000).mapToDouble(seed -> reply(seed, guess).reward()).sum();
      assertEquals(1000, right, 110);
    }
  }

  @Test
  void callsAreFoundInWhateverIsSaid() {
    List<ToolCall> calls =
        ToolCall.in(
            "I {look} <tool_call>\n"
                + CALL
                + "\n</tool_call>{\"name\": 1}{\"name\": \"f\", \"parameters\": {}} {\"name\"");
    assertEquals(List.of("look_up", "f"), calls.stream().map(ToolCall::name).toList());
    assertEquals("k", calls.get(0).arguments().path("key").asText());
    assertTrue(ToolCall.in("{{}").isEmpty());
  }

  private Reply reply(long seed, String... said) {
    List<Message> turns = List.of(said).stream().map(Message::assistant).toList();
    return environment.reply(List.of(new Episode("1", seed, ASKED, turns))).get(0);
  }
}
