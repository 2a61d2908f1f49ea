namespace Actors.Runtime.Peering;

/// <summary>A message on its way out. Whoever takes it out of its queue disposes the body.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Body">Its bytes.</param>
/// <param name="Call">The call that it carries, to be sent another way if it surely was not sent this way; null for others.</param>
internal readonly record struct OutboundMessage(FrameKind Kind, FrameBuffer Body, SentCall? Call = null);
