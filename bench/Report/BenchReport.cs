using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Actors.Bench.Report;

/// <summary>The rows of one benchmark run: printed as a table, written as JSON with the machine and the commit they belong to.</summary>
/// <remarks>Not thread-safe: the benchmark's own thread adds rows.</remarks>
public sealed class BenchReport(string name)
{
    private readonly List<(string Shape, List<KeyValuePair<string, double>> Figures)> _rows = [];

    /// <summary>Adds a row; figures carry their unit at the end of their name.</summary>
    public void Add(string shape, params IEnumerable<KeyValuePair<string, double>> figures)
    {
        var row = (shape, figures.ToList());
        _rows.Add(row);
        Console.Error.WriteLine($"  {shape}: {string.Join("  ", row.Item2.Select(figure => $"{figure.Key}={Format(figure.Value)}"))}");
    }

    /// <summary>A figure of a row that was added; null when there is none.</summary>
    public double? Find(string shape, string nameWithUnit) =>
        _rows.Where(row => row.Shape == shape).SelectMany(static row => row.Figures).Where(figure => figure.Key == nameWithUnit).Select(static figure => (double?)figure.Value).FirstOrDefault();

    /// <summary>One figure, for <see cref="Add"/>.</summary>
    public static KeyValuePair<string, double> Figure(string nameWithUnit, double value) => new(nameWithUnit, value);

    /// <summary>Prints the table to standard output and writes <c>NAME.json</c> into the folder that ACTORS_BENCH_DIRECTORY names.</summary>
    public void Finish()
    {
        var columns = _rows.SelectMany(row => row.Figures.Select(figure => figure.Key)).Distinct(StringComparer.Ordinal).ToList();
        var cells = new List<List<string>> { (List<string>)["shape", .. columns] };
        cells.AddRange(_rows.Select(row => (List<string>)[row.Shape, .. columns.Select(column =>
            row.Figures.Where(figure => figure.Key == column).Select(figure => Format(figure.Value)).FirstOrDefault(string.Empty))]));
        var widths = Enumerable.Range(0, columns.Count + 1).Select(column => cells.Max(line => line[column].Length)).ToArray();
        foreach (var line in cells)
        {
            Console.WriteLine(string.Join("  ", line.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))));
        }

        var directory = Environment.GetEnvironmentVariable("ACTORS_BENCH_DIRECTORY") ?? Path.Combine("artifacts", "bench");
        Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, name + ".json");
        File.WriteAllText(file, ToJson().ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        Console.WriteLine($"written: {file}");
    }

    private JsonObject ToJson() => new()
    {
        ["benchmark"] = name,
        ["commit"] = Commit(),
        ["machine"] = $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}",
        ["rows"] = new JsonArray([.. _rows.Select(row => (JsonNode)new JsonObject(
            row.Figures.Select(figure => KeyValuePair.Create(figure.Key, (JsonNode?)figure.Value)).Prepend(KeyValuePair.Create("shape", (JsonNode?)row.Shape))))]),
    };

    private static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", "rev-parse --short HEAD") { RedirectStandardOutput = true, RedirectStandardError = true });
            return git?.StandardOutput.ReadToEnd().Trim() ?? "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static string Format(double value) => value switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
