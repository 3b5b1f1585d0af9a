package org.rlaif.serving.update;

/**
 * Who begins an update.
 *
 * @param name for others who want to
 * @param connection with whose end the update ends
 */
public record UpdateOwner(String name, Object connection) {}
