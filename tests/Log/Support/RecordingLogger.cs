using Microsoft.Extensions.Logging;

namespace Actors.Log.Tests.Support;

/// <summary>Keeps the texts of warnings. Used by one thread.</summary>
internal sealed class RecordingLogger : ILogger, ILoggerFactory
{
    public List<string> Warnings { get; } = [];

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Warning)
            Warnings.Add(formatter(state, exception));
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
