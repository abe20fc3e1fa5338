@echo off
chcp 936 >nul
setlocal
title 义务教育均衡发展
pushd "%~dp0"

rem Python：先用这个文件夹里的，没有再找电脑上的
set "PY="
set "WHICH="
set "VERSION={version}"
if exist "python\python.exe" set "PY=%~dp0python\python.exe"
if not defined PY for %%v in (3.12 3.13 3.11) do call :try %%v
if not defined PY goto nopython

rem 装在哪里：这个文件夹写得进就放在这里，写不进（例如只读的U盘）就放在用户自己的文件夹
set "PLACE=%~dp0installed"
2>nul mkdir "%PLACE%"
2>nul (echo test>"%PLACE%\test") || set "PLACE=%LOCALAPPDATA%\balancelib-kit-{id}"
if exist "%PLACE%\test" del "%PLACE%\test"
set "LIB=%PLACE%\%VERSION%"

set "PYTHONPATH="
set "PYTHONHOME="
set "PYTHONUTF8=1"
set "PYTHONNOUSERSITE=1"
set "PIP_CONFIG_FILE=nul"
if exist "%LIB%\ready" goto start

echo.
echo 第一次使用，正在安装，大约要两到五分钟。不联网，也不要关掉这个窗口。
echo.
if exist "%LIB%" rmdir /s /q "%LIB%"
"%PY%" %WHICH% "wheels\{pip}\pip" install --quiet --no-index --find-links wheels --require-hashes --no-deps --no-compile --no-warn-script-location --disable-pip-version-check --target "%LIB%" -r "wheels\requirements-%VERSION%.txt"
if errorlevel 1 goto failed
>"%LIB%\ready" echo {id}

:start
set "PYTHONPATH=%LIB%"
set "JUPYTER_PATH=%LIB%\share\jupyter"
set "JUPYTERLAB_DIR=%LIB%\share\jupyter\lab"
set "JUPYTER_CONFIG_PATH=%~dp0config;%LIB%\etc\jupyter"
set "JUPYTER_CONFIG_DIR=%PLACE%\jupyter\config"
set "JUPYTER_DATA_DIR=%PLACE%\jupyter\data"
set "JUPYTER_RUNTIME_DIR=%PLACE%\jupyter\runtime"
set "IPYTHONDIR=%PLACE%\jupyter\ipython"
echo.
echo 正在打开浏览器，第一次要等一分钟左右。用的时候不要关掉这个窗口；用完了，关掉它就行。
echo.
"%PY%" %WHICH% -m jupyterlab --ServerApp.log_level=ERROR --LabApp.default_url=/lab/tree/notebooks/own_county.ipynb %*
if errorlevel 1 goto failed
popd
exit /b 0

:try
if defined PY exit /b 0
py -%1 -c "import sys; sys.exit(sys.maxsize.bit_length() < 60)" >nul 2>nul || exit /b 0
set "PY=py"
set "WHICH=-%1"
set "VERSION=%1"
exit /b 0

:nopython
echo.
echo 这台电脑上没有能用的Python，要3.11、3.12或3.13（64位）。
echo 请向单位管电脑的人要一份Python 3.12的安装程序，装好以后再双击start.bat。
echo 装的时候不需要管理员权限：选“Install Now”就行。
echo.
popd
pause
exit /b 1

:failed
echo.
echo 没有成功。请把这个窗口里的文字拍下来，交给管电脑的人看。
echo 常见的原因：文件夹的路径太长（请把它移到桌面或者D盘下面），磁盘满了，或者安全软件拦住了。
echo.
popd
pause
exit /b 1
