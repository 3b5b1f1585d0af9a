/**
 * The gRPC server around the engine: the three services of {@code rlaif.v1}, the Open Inference
 * Protocol, standard health and reflection, over TCP and within the process on the same objects.
 *
 * <p>Services translate: messages to token ids, tokens to messages. They throw what the engine
 * throws; {@link org.rlaif.serving.grpc.ErrorMapping} turns it into a status, with the same
 * sentence, for all of them. Messages are built on a thread of the call and never on the engine's.
 */
@NullMarked
package org.rlaif.serving.grpc;

import org.jspecify.annotations.NullMarked;
