using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Output;

/// <summary>Writes a command's result in the form that was asked for.</summary>
internal static class ResultWriter
{
    /// <summary>Writes a result.</summary>
    /// <param name="console">Where it goes.</param>
    /// <param name="format">The form.</param>
    /// <param name="result">The result, the value of the JSON form.</param>
    /// <param name="json">How it becomes JSON.</param>
    /// <param name="draw">How it is drawn for people.</param>
    public static void Write<TResult>(
        CliConsole console, OutputFormat format, TResult result, JsonTypeInfo<TResult> json, Func<TResult, IEnumerable<IRenderable>> draw)
    {
        if (format == OutputFormat.Json)
        {
            console.Output.WriteLine(JsonSerializer.Serialize(result, json));
            return;
        }

        var canvas = console.CreateOutputCanvas();
        foreach (var part in draw(result))
        {
            canvas.Write(part);
            canvas.WriteLine();
        }
    }

    /// <summary>A table without lines around its cells, which copies well and is read by other programs too.</summary>
    /// <param name="columns">Headings; one that starts with '>' is right-aligned.</param>
    public static Table CreateTable(params ReadOnlySpan<string> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            var isNumber = column.StartsWith('>');
            var heading = new TableColumn(new Text(column.TrimStart('>'))) { NoWrap = true };
            table.AddColumn(isNumber ? heading.RightAligned() : heading);
        }

        return table;
    }

    /// <summary>Adds a row of plain text.</summary>
    public static void AddTextRow(this Table table, params IEnumerable<string> cells) => table.AddRow(cells.Select(cell => new Text(cell)));
}
