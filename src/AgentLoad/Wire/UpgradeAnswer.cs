namespace Actors.AgentLoad.Wire;

/// <summary>What a hub answered to a dial.</summary>
/// <param name="Status">The HTTP status; 0 when it is no HTTP.</param>
/// <param name="IsAccepted">The WebSocket is open, with our subprotocol.</param>
/// <param name="RetryAfterMs">The hub's advice, or null.</param>
/// <param name="Body">What has come of the reason, for people.</param>
internal readonly record struct UpgradeAnswer(int Status, bool IsAccepted, int? RetryAfterMs, string Body);
