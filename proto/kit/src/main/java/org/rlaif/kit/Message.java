package org.rlaif.kit;

/** One turn of a conversation; the role is "system", "user" or "assistant". */
public record Message(String role, String content) {
  public static final String SYSTEM = "system";
  public static final String USER = "user";
  public static final String ASSISTANT = "assistant";

  public static Message system(String content) {
    return new Message(SYSTEM, content);
  }

  public static Message user(String content) {
    return new Message(USER, content);
  }

  public static Message assistant(String content) {
    return new Message(ASSISTANT, content);
  }

  public boolean isBy(String role) {
    return this.role.equals(role);
  }
}
