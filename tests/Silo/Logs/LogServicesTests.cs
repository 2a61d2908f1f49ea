using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using Actors.Harness;
using Actors.Log;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Actors.Silo.Logs;
using Actors.Silo.Options;
using Actors.Silo.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Actors.Silo.Tests.Logs;

/// <summary>What is written on the command line under <c>Log</c> is what the log works with.</summary>
/// <remarks>Its logs are measured too: beside a <see cref="SiloRig"/> they would be in the figures of that silo.</remarks>
[Collection(nameof(SiloRig))]
public sealed class LogServicesTests : IDisposable
{
    private static readonly (string Name, string Value)[] Given =
    [
        (nameof(LogOptions.WalFileBytes), "67112960"),
        (nameof(LogOptions.CheckpointBytes), "201326593"),
        (nameof(LogOptions.MaxWalBytes), "805306369"),
        (nameof(LogOptions.MaxSlabBytes), "100663297"),
        (nameof(LogOptions.ReserveBytes), "1048577"),
        (nameof(LogOptions.AcceptDamage), "True"),
    ];

    private readonly TemporaryDirectory _folder = new();

    public static TheoryData<string, string> Options => [.. Given.Select(option => (option.Name, option.Value))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Options))]
    public void An_option_reaches_the_log(string name, string value)
    {
        var settings = Read($"--Log:{name}={value}").Bound.Get<LogSettings>();
        var property = typeof(LogOptions).GetProperty(name)!;

        var options = settings.For("data", "wal");
        var defaults = new LogOptions { Directory = "data", WalDirectory = "wal" };

        Assert.Equal(value, Convert.ToString(property.GetValue(options), CultureInfo.InvariantCulture));
        Assert.NotEqual(property.GetValue(defaults), property.GetValue(options));
        Assert.DoesNotContain(typeof(LogOptions).GetProperties(), other => other.Name != name && !Equals(other.GetValue(defaults), other.GetValue(options)));
    }

    [Fact]
    public void No_option_of_the_log_is_left_out() =>
        Assert.Equal(
            Given.Select(option => $"Log:{option.Name}").Append("Log:InjectedSyncDelayMs").Order(StringComparer.Ordinal),
            SiloConfiguration.Schema.Options.Select(option => option.Key).Where(key => key.StartsWith("Log:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("--Log:WalFileBytes=40000001", "Log:WalFileBytes", "a multiple of 4,096")]
    [InlineData("--Log:MaxWalBytes=100000000", "Log:MaxWalBytes", "at least three files")]
    [InlineData("--Log:MaxWalBytes=9223372036854775807", "Log:MaxWalBytes", "at most")]
    [InlineData("--Log:MaxSlabBytes=40000000", "Log:MaxSlabBytes", "from 67108864")]
    [InlineData("--Log:ReserveBytes=9223372036854775807", "Log:ReserveBytes", "at most")]
    [InlineData("--Log:InjectedSyncDelayMs=-1", "Log:InjectedSyncDelayMs", "from 0 to 60000")]
    public void What_the_log_cannot_work_with_is_a_mistake_of_that_option(string argument, string key, string sentence) =>
        Assert.Contains(Read(argument).Mistakes, mistake => mistake.Key == key && mistake.Sentence.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public async Task The_log_is_opened_with_the_options_and_says_when_its_syncs_are_slowed()
    {
        var logged = new Recorder();
        await using var services = Services(logged, "--Log:CheckpointBytes=123456789", "--Log:ReserveBytes=4096", "--Log:InjectedSyncDelayMs=3");
        var opener = services.GetServices<IHostedService>().OfType<LogOpener>().Single();

        await opener.StartAsync(CancellationToken.None);
        var log = services.GetRequiredService<LogStore>();
        await opener.StopAsync(CancellationToken.None);

        Assert.Equal((123_456_789, 4_096), (log.Options.CheckpointBytes, log.Options.ReserveBytes));
        Assert.Equal(TimeSpan.FromMilliseconds(3), Assert.IsType<SlowSyncFileSystem>(services.GetRequiredService<IFileSystem>()).Delay);
        Assert.Contains(logged.Events, entry => entry.Level == LogLevel.Critical && entry.Text.Contains("takes 3 ms longer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_option_the_log_works_on_the_systems_own_files()
    {
        var logged = new Recorder();
        await using var services = Services(logged, "--Log:ReserveBytes=4096");
        var opener = services.GetServices<IHostedService>().OfType<LogOpener>().Single();

        await opener.StartAsync(CancellationToken.None);
        await opener.StopAsync(CancellationToken.None);

        Assert.Same(LinuxFileSystem.Instance, services.GetRequiredService<IFileSystem>());
        Assert.DoesNotContain(logged.Events, entry => entry.Level >= LogLevel.Warning);
    }

    private static SiloConfiguration Read(params string[] arguments) =>
        SiloConfiguration.Read(arguments, new Hashtable(), Path.Combine(Path.GetTempPath(), "there-is-no-such-folder"));

    private ServiceProvider Services(Recorder logged, params string[] arguments)
    {
        var configuration = Read([.. arguments, $"--Silo:DataDirectory={_folder.Path("data")}"]);
        Assert.Empty(configuration.Mistakes);
        return new ServiceCollection()
            .AddMetrics()
            .AddLogging(logging => logging.AddProvider(logged))
            .AddSingleton(configuration)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => DataDirectory.Open(configuration.Silo, "1"))
            .AddSingleton<SiloHealth>()
            .AddSiloLog()
            .BuildServiceProvider();
    }

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Events { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Enqueue((logLevel, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
