@echo off
rem ASCII only: cmd loses its place in a script with Chinese; what it says stands in messages, in GB 2312.
setlocal
chcp 936 >nul
title balancelib
pushd "%~dp0"

rem The Python of this folder, else one of the computer.
set "PY="
set "WHICH="
set "VERSION={version}"
if exist "python\python.exe" set "PY=%~dp0python\python.exe"
if not defined PY for %%v in (3.12 3.13 3.11) do call :try %%v
if not defined PY goto nopython

rem Where to install: here, or where this folder cannot be written, as on some USB sticks, with the user's own files.
set "PLACE=%~dp0installed"
mkdir "%PLACE%" 2>nul
echo test 2>nul >"%PLACE%\test"
if not exist "%PLACE%\test" set "PLACE=%LOCALAPPDATA%\balancelib-kit-{id}"
if exist "%PLACE%\test" del "%PLACE%\test"
set "LIB=%PLACE%\%VERSION%"

rem Nothing of another Python may come in between.
set "PYTHONPATH="
set "PYTHONHOME="
set "PYTHONUTF8=1"
set "PYTHONNOUSERSITE=1"
set "PIP_CONFIG_FILE=nul"
if exist "%LIB%\ready" goto start

type "messages\installing.txt"
if exist "%LIB%" rmdir /s /q "%LIB%"
"%PY%" %WHICH% "wheels\{pip}\pip" install --quiet --no-index --find-links wheels --require-hashes --no-deps --no-compile --no-warn-script-location --disable-pip-version-check --target "%LIB%" -r "wheels\requirements-%VERSION%.txt"
if errorlevel 1 goto failed
echo ready>"%LIB%\ready"

:start
set "PYTHONPATH=%LIB%"
set "JUPYTER_PATH=%LIB%\share\jupyter"
set "JUPYTERLAB_DIR=%LIB%\share\jupyter\lab"
set "JUPYTER_CONFIG_PATH=%~dp0config;%LIB%\etc\jupyter"
set "JUPYTER_CONFIG_DIR=%PLACE%\jupyter\config"
set "JUPYTER_DATA_DIR=%PLACE%\jupyter\data"
set "JUPYTER_RUNTIME_DIR=%PLACE%\jupyter\runtime"
set "IPYTHONDIR=%PLACE%\jupyter\ipython"
type "messages\starting.txt"
"%PY%" %WHICH% -m jupyterlab --ServerApp.log_level=ERROR --LabApp.default_url=/lab/tree/notebooks/own_county.ipynb %*
if errorlevel 1 goto failed
popd
exit /b 0

:try
if defined PY exit /b 0
py -%1 -c "import sys; sys.exit(sys.maxsize.bit_length() < 60)" >nul 2>nul
if errorlevel 1 exit /b 0
set "PY=py"
set "WHICH=-%1"
set "VERSION=%1"
exit /b 0

:nopython
type "messages\no_python.txt"
popd
pause
exit /b 1

:failed
type "messages\failed.txt"
popd
pause
exit /b 1
