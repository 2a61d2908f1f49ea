using Actors.Silo.Options;
using Microsoft.Extensions.Logging.Console;

namespace Actors.Silo.Hosting;

/// <summary>Logs to standard output: one line an event, or JSON on request.</summary>
public static class SiloLogging
{
    private const string TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    /// <summary>Sets up the console; <c>Logging:*</c> overrides what is chosen here.</summary>
    public static void Configure(ILoggingBuilder logging, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Polly", LogLevel.Warning); // Orleans places grains by it, and it tells of each of them

        // What a start or a stop throws is told by the one who called it, once and as a sentence where it can be one.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddConfiguration(configuration.GetSection(LoggingRules.Section));
        logging.AddConsole(console =>
        {
            // A terminal that stands still must not stand in the way of a request: further lines are counted and dropped.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            console.FormatterName = configuration.GetValue(LoggingRules.JsonKey, false)
                ? ConsoleFormatterNames.Json
                : console.FormatterName ?? ConsoleFormatterNames.Simple;
        });
        logging.Services.Configure<SimpleConsoleFormatterOptions>(static format =>
        {
            format.SingleLine = true;
            format.UseUtcTimestamp = true;
            format.TimestampFormat = TimestampFormat;
            format.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<JsonConsoleFormatterOptions>(static format =>
        {
            format.UseUtcTimestamp = true;
            format.TimestampFormat = TimestampFormat.TrimEnd();
        });
    }
}
