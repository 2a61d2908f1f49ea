using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Actors.Storage.Tests;

/// <summary>
/// The twenty defects of the controller that this one succeeds, by their numbers. Each is tested where what it is about is: this class says that none was forgotten.
/// </summary>
public sealed partial class DefectTests
{
    [Fact]
    public void Each_defect_of_the_predecessor_has_a_test_that_is_named_after_it()
    {
        var tested =
            from type in Assembly.GetExecutingAssembly().GetTypes()
            from method in type.GetMethods()
            where method.GetCustomAttribute<FactAttribute>() is not null
            from Match names in Name().Matches(method.Name)
            from Capture number in names.Groups[1].Captures
            select int.Parse(number.Value, CultureInfo.InvariantCulture);

        Assert.Equal(Enumerable.Range(1, 20), tested.Distinct().Order());
    }

    [GeneratedRegex("[Dd]efects?(?:(?:_and)?_([0-9]+))+")]
    private static partial Regex Name();
}
