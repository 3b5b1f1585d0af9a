package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.rlaif.training.data.Rows.chat;
import static org.rlaif.training.data.Rows.message;
import static org.rlaif.training.data.Rows.read;

import org.junit.jupiter.api.Test;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;

/** Rows in the conversational forms of TRL's documentation. */
class ConversationRowsTest {

  @Test
  void everyTurnOfAConversationIsLearned() {
    Lesson row = read("{'messages': [s:0, u:a, a:b, u:c, a:d]}");
    assertEquals(new Example("f:7", chat("s:0", "u:a", "a:b", "u:c"), "d", true), row.example());
    assertNull(row.preferences().findFirst().orElse(null));
    // With a single turn there is nothing else to learn.
    assertEquals(
        new Example("f:7", chat("u:a"), "b", false), read("{'messages': [u:a, a:b]}").example());
  }

  @Test
  void aPromptMayBeAConversationOfWhichTheCompletionAloneIsLearned() {
    Example expected = new Example("f:7", chat("u:a", "a:b", "u:c"), "d", false);
    assertEquals(expected, read("{'prompt': [u:a, a:b, u:c], 'completion': [a:d]}").example());
    assertEquals(expected, read("{'prompt': [u:a, a:b, u:c], 'completion': 'd'}").example());
    // A completion that says what it answers.
    assertEquals(expected, read("{'prompt': 'x', 'completion': [u:a, a:b, u:c, a:d]}").example());
  }

  @Test
  void answersMayBeMessages() {
    Preference expected = preference(chat("u:a"));
    assertEquals(
        expected,
        read("{'prompt': [u:a], 'chosen': [a:b], 'rejected': [a:c]}")
            .preferences()
            .findFirst()
            .orElse(null));
    assertEquals(
        expected,
        read("{'prompt': 'a', 'chosen': [a:b], 'rejected': [a:c]}")
            .preferences()
            .findFirst()
            .orElse(null));
    assertEquals(
        expected,
        read("{'prompt': [u:a], 'chosen': 'b', 'rejected': 'c'}")
            .preferences()
            .findFirst()
            .orElse(null));
  }

  /** As ultrafeedback_binarized has them, with the prompt's text and the chosen one again. */
  @Test
  void twoConversationsBeginWithTheirPrompt() {
    Lesson row = read("{'chosen': [u:a, a:x, u:y, a:b], 'rejected': [u:a, a:x, u:y, a:c]}");
    Prompt prompt = chat("u:a", "a:x", "u:y");
    assertEquals(preference(prompt), row.preferences().findFirst().orElse(null));
    assertEquals(new Example("f:7", prompt, "b", false), row.example());
    row =
        read(
            "{'prompt': 'a', 'prompt_id': 'f0', 'chosen': [u:a, a:b], 'rejected': [u:a, a:c],"
                + " 'messages': [u:a, a:b], 'score_chosen': 8.0}");
    assertEquals(preference(chat("u:a")), row.preferences().findFirst().orElse(null));
    assertEquals(new Example("f:7", chat("u:a"), "b", false), row.example());
  }

  @Test
  void plainTextBecomesAUsersMessageIfAsked() {
    String row = "{'prompt': 'a', 'completion': 'b'}";
    assertEquals(Prompt.of("a"), read(row).prompt());
    assertEquals(chat("u:a"), read(row, "data.chat=true").prompt());
    assertEquals(chat("s:0", "u:a"), read(row, "data.chat=true", "data.system=0").prompt());
    assertEquals(
        chat("u:<a>"), read(row, "data.chat=true", "data.promptTemplate='<{{prompt}}>'").prompt());
  }

  @Test
  void theSystemSpeaksWhereItHasNot() {
    assertEquals(chat("s:0", "u:a"), read("{'messages': [u:a, a:b]}", "data.system=0").prompt());
    assertEquals(
        chat("s:1", "u:a"), read("{'messages': [s:1, u:a, a:b]}", "data.system=0").prompt());
    assertEquals(
        "f, row 7, prompt: plain text (expected: data.chat: true, since there is a data.system)",
        message("{'prompt': 'a', 'completion': 'b'}", "data.system=0"));
  }

  @Test
  void columnsAreCalledWhatTheSettingsSay() {
    assertEquals(
        new Example("f:7", chat("u:a"), "b"),
        read("{'talk': [u:a, a:b]}", "data.columns.messages=talk").example());
  }

  /** Data sets that are one table fill keys that a message does not have with null. */
  @Test
  void whatElseAMessageSaysIsRefusedUnlessItIsNothing() {
    assertEquals(
        chat("u:a"),
        read("{'messages': [{'role': 'user', 'content': 'a', 'name': null}, a:b]}").prompt());
    assertEquals(
        "f, row 7, column messages, message 2, weight: 0 (expected: null or nothing: a message is"
            + " role and content)",
        message("{'messages': [u:a, {'role': 'assistant', 'content': 'b', 'weight': 0}]}"));
    assertEquals(
        "f, row 7, column messages, message 1: {\"from\":\"human\",\"value\":\"a\"}"
            + " (expected: {\"role\": …, \"content\": …}, both text)",
        message("{'messages': [{'from': 'human', 'value': 'a'}]}"));
  }

  @Test
  void mistakesAreNamed() {
    assertEquals(
        "f, row 7, column messages: the last message is by user (expected: one by assistant: the"
            + " answer)",
        message("{'messages': [u:a]}"));
    assertEquals(
        "f, row 7, column messages: one message (expected: a list of messages, the last one by"
            + " assistant)",
        message("{'messages': [a:b]}"));
    assertEquals(
        "f, row 7, column messages: a text (expected: a list of messages, the last one by"
            + " assistant)",
        message("{'messages': 'b'}"));
    assertEquals(
        "f, row 7, column messages: a list [] (expected: text in quotes, or a list of messages)",
        message("{'messages': []}"));
    assertEquals(
        "f, row 7, columns messages and completion: both (expected: one of them to learn;"
            + " data.layout chooses, data.columns says what yours are called)",
        message("{'messages': [u:a, a:b], 'completion': 'c'}"));
    assertEquals(
        "f, row 7, prompt: 2 different conversations (expected: conversations that differ in their"
            + " last message alone)",
        message("{'chosen': [u:a, a:x, u:y, a:b], 'rejected': [u:a, a:z, u:y, a:c]}"));
    assertEquals(
        "f, row 7, prompt: ends with what the assistant says (expected: a message to be answered)",
        message("{'prompt': [u:a, a:b], 'completion': 'c'}"));
    assertEquals(
        "f, row 7, promptTemplate: text beside a conversation (expected: one of them to be the"
            + " prompt)",
        message("{'messages': [u:a, a:b]}", "data.promptTemplate=x"));
    assertEquals(
        "f, row 7, column messages: \"\" (expected: text that can be learned)",
        message("{'messages': [u:a, {'role': 'assistant', 'content': ''}]}"));
    assertEquals(
        "f, row 7, columns chosen and rejected: messages (expected: transcripts in plain text,"
            + " without data.chat, or a prompt in prompt)",
        message("{'chosen': [a:b], 'rejected': [a:c]}"));
  }

  private static Preference preference(Prompt prompt) {
    return new Preference("f:7", prompt, "b", "c", 1, Provenance.human());
  }
}
