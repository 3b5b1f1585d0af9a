package org.rlaif.judge;

/**
 * How good is this completion of a prompt?
 *
 * @param prompt its transcript, if it is a conversation
 */
public record Rated(String prompt, String completion) {}
