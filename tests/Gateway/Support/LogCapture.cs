using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Tests.Support;

/// <summary>Keeps what the silo under test logs, from a level on, and counts how often somebody asks whether Debug is wanted.</summary>
public sealed class LogCapture(LogLevel level) : ILoggerProvider
{
    private int _debugQuestions;

    public ConcurrentQueue<Entry> Entries { get; } = new();

    /// <summary>Questions of the gateway's logger.</summary>
    public int DebugQuestions => Volatile.Read(ref _debugQuestions);

    public IEnumerable<Entry> Named(string eventName) => Entries.Where(entry => entry.EventName == eventName);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    public sealed record Entry(string Category, LogLevel Level, int EventId, string? EventName, string Message, IReadOnlyDictionary<string, object?> Values)
    {
        public T Get<T>(string name) => (T)Convert.ChangeType(Values[name], typeof(T), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    private sealed class Logger(LogCapture owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel)
        {
            if (logLevel == LogLevel.Debug && category.StartsWith("Actors.Gateway", StringComparison.Ordinal))
                Interlocked.Increment(ref owner._debugQuestions);
            return logLevel >= owner.Level;
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            owner.Entries.Enqueue(new Entry(
                category, logLevel, eventId.Id, eventId.Name, formatter(state, exception), values.ToDictionary(pair => pair.Key, pair => pair.Value)));
        }
    }

    private LogLevel Level { get; } = level;
}
