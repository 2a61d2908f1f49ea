namespace Actors.AgentLoad.Tests;

/// <summary>How long anything here may take at most; nothing waits for it to pass.</summary>
internal static class Guard
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
}
