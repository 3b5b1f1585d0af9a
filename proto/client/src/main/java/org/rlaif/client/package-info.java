/**
 * All that a Java program needs to call a server: {@link org.rlaif.client.RlaifClient} hides the
 * ceremony of the generated stubs. It opens a channel to a server in the same process or on another
 * machine, puts a time limit on every call, asks again when a full server says so, names in the
 * error what was waited for, and pushes new weights tensor by tensor. {@link
 * org.rlaif.client.Credentials} carry TLS and a token.
 *
 * <p>{@link org.rlaif.client.EnvironmentClient} is the trainer's side of a service that answers
 * what a policy writes.
 *
 * <p>It stands on the wire alone and drags in no engine.
 *
 * <pre>{@code
 * import java.time.Duration;
 * import org.rlaif.client.Incoming;
 * import org.rlaif.client.RlaifClient;
 * import org.rlaif.v1.GenerateRequest;
 * import org.rlaif.v1.GenerateResponse;
 * import org.rlaif.v1.Sampling;
 * import org.rlaif.v1.ScoreRequest;
 *
 * final class Ask {
 *   public static void main(String[] arguments) {
 *     try (RlaifClient client = RlaifClient.open("127.0.0.1:7070", Duration.ofSeconds(30))) {
 *       client.models().forEach(model -> System.out.println(model.getName()));
 *
 *       // A completion while it is sampled; closing the stream early ends the call.
 *       GenerateRequest request =
 *           GenerateRequest.newBuilder()
 *               .setModel("policy")
 *               .setPrompt(RlaifClient.text("My uncle took my coat. TL;DR:"))
 *               .setSampling(Sampling.newBuilder().setTemperature(0.7f).setMaxTokens(20).setSeed(1))
 *               .build();
 *       try (Incoming<GenerateResponse> parts = client.generateStream(request)) {
 *         parts.forEachRemaining(part -> System.out.print(part.getText()));
 *       }
 *       System.out.println();
 *
 *       // The same for a consumer; the future has the whole completion.
 *       String text = client.generateAsync(request, part -> {}).join().getText();
 *
 *       ScoreRequest score =
 *           ScoreRequest.newBuilder()
 *               .setModel("reward")
 *               .addItems(
 *                   ScoreRequest.Item.newBuilder()
 *                       .setPrompt(request.getPrompt())
 *                       .setCompletion(RlaifClient.text(text)))
 *               .build();
 *       System.out.println(client.score(score).getScores(0));
 *     }
 *   }
 * }
 * }</pre>
 */
@NullMarked
package org.rlaif.client;

import org.jspecify.annotations.NullMarked;
