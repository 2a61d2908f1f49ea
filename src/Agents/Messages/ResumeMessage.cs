namespace Actors.Agents.Messages;

/// <summary>With this a client that connects again is the same peer as before.</summary>
public sealed record ResumeMessage
{
    /// <summary>Goes into the header Actors-Resume of the next dial; a secret.</summary>
    public string Token { get; init; } = "";

    /// <summary>Until when.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
}
