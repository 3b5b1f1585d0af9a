package org.rlaif.judge;

/**
 * How would this completion of a prompt be better?
 *
 * @param prompt its transcript, if it is a conversation
 * @param critique what is wrong with it
 */
public record Criticised(String prompt, String completion, String critique) {}
