/**
 * A judge that others ask over gRPC ({@code rlaif.v1.Judge}). The server around it is somebody
 * else's; no engine is known here.
 */
@NullMarked
package org.rlaif.judge.service;

import org.jspecify.annotations.NullMarked;
