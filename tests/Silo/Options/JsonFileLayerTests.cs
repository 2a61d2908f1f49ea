using Actors.Harness;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

public sealed class JsonFileLayerTests
{
    [Fact]
    public void Leaves_are_values_under_the_path_of_their_objects()
    {
        var layer = JsonFileLayer.Parse(
            """
            { // who
              "Silo": { "NodeId": 2, "Name": "a", "Flag": true, "None": null },
              "Kafka:Port": 9093,
              "List": [ { "A": 1.5 }, "b" ],
            }
            """,
            "appsettings.json");

        Assert.Empty(layer.Mistakes);
        Assert.Equal(
            ["Silo:NodeId=2", "Silo:Name=a", "Silo:Flag=true", "Kafka:Port=9093", "List:0:A=1.5", "List:1=b"],
            layer.Values.Select(value => $"{value.Key}={value.Text}"));
        Assert.Equal("file appsettings.json", layer.Values[0].Source.ToString());
    }

    [Theory]
    [InlineData("{ \"Silo\": \n { \"NodeId\" 2 } }", "line 2")]
    [InlineData("", "line 1")]
    [InlineData("[1]", "no JSON object")]
    public void What_is_no_JSON_object_is_a_mistake_that_says_where(string json, string where)
    {
        var mistake = Assert.Single(JsonFileLayer.Parse(json, "appsettings.json").Mistakes);

        Assert.Contains(where, mistake.ToString());
        Assert.Contains("appsettings.json", mistake.ToString());
    }

    [Fact]
    public void A_file_that_is_not_there_says_nothing()
    {
        using var folder = new TemporaryDirectory();

        Assert.Same(OptionLayer.Empty, JsonFileLayer.Read(folder.Path("appsettings.json")));
    }

    [Fact]
    public void A_file_beyond_the_limit_is_not_read()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(folder.Path("appsettings.json"), new string(' ', 2_000_000));

        Assert.Contains("2000000 bytes", Assert.Single(JsonFileLayer.Read(folder.Path("appsettings.json")).Mistakes).Sentence);
    }
}
