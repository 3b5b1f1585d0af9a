package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.rlaif.training.data.Rows.message;
import static org.rlaif.training.data.Rows.read;

import org.junit.jupiter.api.Test;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UserError;

/** Rows of plain text. */
class TextRowsTest {

  @Test
  void promptAndCompletionAreAnExample() {
    Lesson row = read("{'prompt': 'Q', 'completion': 'A', 'other': 3}");
    assertEquals(new Example("f:7", Prompt.of("Q"), "A"), row.example());
    assertNull(row.preferences().findFirst().orElse(null));
  }

  @Test
  void chosenAndRejectedAreAPreferenceWhoseChosenIsAnExample() {
    Lesson row = read("{'prompt': 'Q', 'chosen': 'A', 'rejected': 'B'}");
    assertEquals(new Example("f:7", Prompt.of("Q"), "A"), row.example());
    assertEquals(
        new Preference("f:7", Prompt.of("Q"), "A", "B", 1, Provenance.human()),
        row.preferences().findFirst().orElse(null));
  }

  @Test
  void aCompletionIsLearnedEvenBesideAPreference() {
    Lesson row = read("{'prompt': 'Q', 'completion': 'C', 'chosen': 'A', 'rejected': ''}");
    assertEquals(new Example("f:7", Prompt.of("Q"), "C"), row.example());
    assertEquals(
        new Preference("f:7", Prompt.of("Q"), "A", "", 1, Provenance.human()),
        row.preferences().findFirst().orElse(null));
  }

  @Test
  void anEmptyChosenIsAPreferenceAndNothingToLearn() {
    Lesson row = read("{'prompt': 'Q', 'chosen': '', 'rejected': 'B'}");
    assertNull(row.example());
    assertEquals(
        new Preference("f:7", Prompt.of("Q"), "", "B", 1, Provenance.human()),
        row.preferences().findFirst().orElse(null));
  }

  @Test
  void transcriptsAreCutAtTheLastCommonTurn() {
    Lesson row =
        read(
            "{'chosen': '\\n"
                + "\\n"
                + "Assistant: x\\n"
                + "\\n"
                + "Assistant: yes', 'rejected': '\\n"
                + "\\n"
                + "Assistant: x\\n"
                + "\\n"
                + "Assistant: no'}");
    assertEquals(
        new Preference(
            "f:7",
            Prompt.of("\n\nAssistant: x\n\nAssistant:"),
            " yes",
            " no",
            1,
            Provenance.human()),
        row.preferences().findFirst().orElse(null));
  }

  @Test
  void columnsAreCalledWhatTheSettingsSay() {
    Lesson row =
        read(
            "{'question': 'Q', 'answer': 'A'}",
            "data.columns.prompt=question",
            "data.columns.completion=answer",
            "data.completionPrefix=' '");
    assertEquals(new Example("f:7", Prompt.of("Q"), " A"), row.example());
  }

  @Test
  void aTemplateMakesThePrompt() {
    String template = "data.promptTemplate=\"{{instruction}}{{#input}} <{{input}}>{{/input}} =>\"";
    assertEquals(
        Prompt.of("Add & <b> <1, 2> =>"),
        read("{'instruction': 'Add & <b>', 'input': '1, 2', 'completion': '3'}", template)
            .prompt());
    assertEquals(
        Prompt.of("Add =>"),
        read("{'instruction': 'Add', 'input': '', 'completion': '3'}", template).prompt());
    assertEquals(
        Prompt.of("Add =>"), read("{'instruction': 'Add', 'completion': '3'}", template).prompt());
  }

  @Test
  void namesWhatIsMissing() {
    assertEquals(
        "f, row 7, columns: prompt, text (expected: a conversation in messages, a completion"
            + " in completion, a preference in chosen and rejected with its prompt in prompt,"
            + " transcripts in chosen and rejected, a text in text, or a prompt in prompt, with sft: skip;"
            + " data.columns says what yours are called)",
        message("{'prompt': 'Q', 'text': 'A'}"));
    assertEquals(
        "f, row 7, columns: none (expected: a conversation in messages, a completion in"
            + " completion, a preference in chosen and rejected with its prompt in prompt,"
            + " transcripts in chosen and rejected, a text in text, or a prompt in prompt, with sft: skip;"
            + " data.columns says what yours are called)",
        message("{}"));
    assertEquals(
        "f, row 7, column rejected: missing (expected: an answer, since there is chosen)",
        message("{'prompt': 'Q', 'chosen': 'A'}"));
    assertEquals(
        "f, row 7, column chosen: missing (expected: an answer, since there is rejected)",
        message("{'prompt': 'Q', 'chosen': null, 'rejected': 'A'}"));
    assertEquals(
        "f, row 7, column prompt: missing (expected: text, or a list of messages; this row has"
            + " completion)",
        message("{'completion': 'A'}"));
    assertEquals(
        "f, row 7, promptTemplate: {{instrution}} (expected: one of its columns, which are"
            + " instruction, completion)",
        message("{'instruction': 'Q', 'completion': 'A'}", "data.promptTemplate='{{instrution}}'"));
    assertEquals(
        "f, row 7, columns chosen and rejected: they do not begin alike up to a"
            + " \"\\n\\nAssistant:\" (expected: transcripts with a common beginning that holds"
            + " data.columns.turn, or a prompt in prompt)",
        message("{'chosen': 'A', 'rejected': 'B'}"));
  }

  @Test
  void namesWhatIsNotTextOrEmpty() {
    assertEquals(
        "f, row 7, column prompt: a number 5 (expected: text in quotes, or a list of messages)",
        message("{'prompt': 5, 'completion': 'A'}"));
    assertEquals(
        "f, row 7, column chosen, message 1: {\"role\":\"user\"} (expected: {\"role\": …,"
            + " \"content\": …}, both text)",
        message("{'chosen': [{'role': 'user'}], 'rejected': 'A'}"));
    assertEquals(
        "f, row 7, column completion: \"\" (expected: text that can be learned)",
        message("{'prompt': 'Q', 'completion': ''}"));
    assertEquals(
        "f, row 7, column prompt: \"\" (expected: text for the prompt)",
        message("{'prompt': '', 'completion': 'A'}"));
  }

  @Test
  void refusesATemplateThatIsNone() {
    String message =
        String.valueOf(
            assertThrows(
                    UserError.class,
                    () -> Rows.layouts(true, "data.promptTemplate='{{#input}} without end'"))
                .getMessage());
    assertEquals("data.promptTemplate: ", message.substring(0, "data.promptTemplate: ".length()));
  }
}
