using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Actors.Silo.Tests.Stores;

/// <summary>Keeps what is logged as a warning or worse.</summary>
public sealed class RecordedWarnings
{
    private readonly ConcurrentQueue<string> _all = [];

    /// <summary>In order.</summary>
    public IReadOnlyList<string> All => [.. _all];

    /// <summary>Logs to here.</summary>
    public ILogger<T> Logger<T>() => new Recorder<T>(_all);

    private sealed class Recorder<T>(ConcurrentQueue<string> all) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) all.Enqueue(formatter(state, exception));
        }
    }
}
