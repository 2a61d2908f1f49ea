namespace Actors.Grains.Tests.Support;

/// <summary>The real clock's only part in tests: to end what hangs, and to look again where there is no event.</summary>
public static class TestGuard
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits until <paramref name="condition"/> holds, which is looked at every few milliseconds; for what has no event of its own.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        using var pauses = new PeriodicTimer(Pause);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Limit)
                Assert.Fail($"Not within {Limit}: {what}");
            await pauses.WaitForNextTickAsync();
        }
    }
}
