namespace Actors.Grains.Tests.Support;

/// <summary>The real clock's only part in tests: to end what hangs.</summary>
public static class TestGuard
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits until <paramref name="condition"/> holds; for things that have no event of their own.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Limit)
                Assert.Fail($"Not within {Limit}: {what}");
            await Task.Yield();
        }
    }
}
